import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileDocuments

@Suite struct IndexTemplateTests {
  private let client = DocumentClient()

  private func put(_ name: String, _ body: String) async throws -> (status: Int, body: JSONValue) {
    try await client.send(.put, "/_index_template/\(name)", body: body)
  }

  @Test func `a new index begins with the template of the highest priority, its own words last`() async throws {
    _ = try await put("low", #"{"index_patterns":"logs-*","template":{"mappings":{"properties":{"never":{"type":"keyword"}}}}}"#)
    let made = try await put(
      "high",
      #"""
      {"index_patterns":["logs-*"],"priority":10,"template":{"settings":{"number_of_replicas":0,"index.hidden":true},
      "mappings":{"dynamic":false,"properties":{"host.name":{"type":"keyword"},"n":{"type":"long"}}},"aliases":{"logs":{}}}}
      """#)
    #expect(made.body == ["acknowledged": true])
    _ = try await client.send(
      .put, "/logs-1",
      body: #"{"settings":{"number_of_replicas":2},"mappings":{"properties":{"n":{"type":"double"},"host.ip":{"type":"ip"}}}}"#)
    let index = try await client.send(.get, "/logs-1").body["logs-1"]
    #expect(
      index?["mappings"] == [
        "dynamic": "false",
        "properties": ["host": ["properties": ["ip": ["type": "ip"], "name": ["type": "keyword"]]], "n": ["type": "double"]],
      ])
    #expect(index?["settings"]?["index"]?["number_of_replicas"] == "2" && index?["settings"]?["index"]?["hidden"] == "true")
    #expect(index?["aliases"] == ["logs": [:]])
  }

  @Test func `a write that makes an index uses a template too`() async throws {
    _ = try await put("t", #"{"index_patterns":["auto*"],"template":{"mappings":{"properties":{"n":{"type":"keyword"}}}}}"#)
    _ = try await client.send(.post, "/auto/_doc", body: #"{"n":1}"#)
    _ = try await client.send(.post, "/other/_doc", body: #"{"n":1}"#)
    #expect(try await client.send(.get, "/auto/_mapping").body["auto"]?["mappings"]?["properties"]?["n"]?["type"] == "keyword")
    #expect(try await client.send(.get, "/other/_mapping").body["other"]?["mappings"]?["properties"]?["n"]?["type"] == "long")
  }

  @Test func `templates are shown and deleted`() async throws {
    _ = try await put("a1", #"{"index_patterns":"x","priority":1,"template":{"settings":{"number_of_shards":2}},"_meta":{"by":"me"}}"#)
    _ = try await put("b1", #"{"index_patterns":"y"}"#)
    let shown: JSONValue = [
      "index_templates": [
        [
          "name": "a1",
          "index_template": [
            "index_patterns": ["x"], "priority": 1, "template": ["settings": ["index": ["number_of_shards": "2"]]], "_meta": ["by": "me"],
            "composed_of": [],
          ],
        ]
      ]
    ]
    #expect(try await client.send(.get, "/_index_template/a*").body == shown)
    #expect(try await client.send(.get, "/_index_template").body["index_templates"]?.array?.count == 2)
    let missing = try await client.send(.get, "/_index_template/none")
    #expect(missing.status == 404 && missing.body["error"]?["reason"] == "index template matching [none] not found")
    #expect(try await client.send(.head, "/_index_template/a1").status == 200)
    #expect(try await client.send(.delete, "/_index_template/a1,b1").body == ["acknowledged": true])
    #expect(try await client.send(.delete, "/_index_template/a1").body["error"]?["type"] == "index_template_missing_exception")
  }

  @Test(arguments: [
    ("{}", "Required [index_patterns]"), (#"{"index_patterns":"x","data_stream":{}}"#, "data streams are not supported"),
    (#"{"index_patterns":"x","composed_of":["c"]}"#, "component templates are not supported: [composed_of]"),
  ])
  func `a template that cannot be is refused`(body: String, reason: String) async throws {
    let answer = try await put("t", body)
    #expect(answer.status == 400 && answer.body["error"]?["reason"]?.string == reason)
  }
}
