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

  @Test func `a template is laid over the components that it is composed of, in their order`() async throws {
    for (name, body) in [
      ("one", #"{"template":{"settings":{"number_of_replicas":3},"mappings":{"properties":{"a":{"type":"long"},"b":{"type":"long"}}}}}"#),
      ("two", #"{"template":{"mappings":{"properties":{"b":{"type":"keyword"}}},"aliases":{"both":{}}},"version":7}"#),
    ] {
      #expect(try await client.send(.put, "/_component_template/\(name)", body: body).status == 200)
    }
    _ = try await put(
      "t", #"{"index_patterns":"made-*","composed_of":["one","two"],"template":{"mappings":{"properties":{"a":{"type":"ip"}}}}}"#)
    _ = try await client.send(.put, "/made-1")
    let index = try await client.send(.get, "/made-1").body["made-1"]
    #expect(index?["mappings"]?["properties"] == ["a": ["type": "ip"], "b": ["type": "keyword"]])
    #expect(index?["settings"]?["index"]?["number_of_replicas"] == "3" && index?["aliases"] == ["both": [:]])
    let shown = try await client.send(.get, "/_component_template/tw*").body["component_templates"]?.array
    #expect(shown?.count == 1 && shown?.first?["component_template"]?["version"] == 7)
    let used = try await client.send(.delete, "/_component_template/one")
    #expect(used.status == 400 && used.body["error"]?["reason"]?.string?.contains("still in use by index templates [t]") == true)
    _ = try await client.send(.delete, "/_index_template/t")
    #expect(try await client.send(.delete, "/_component_template/one,two").status == 200)
    #expect(try await client.send(.get, "/_component_template/one").status == 404)
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
    (
      #"{"index_patterns":"x","composed_of":["c"]}"#,
      "index_template [t] invalid, cause [index template [t] specifies component templates [c] that do not exist]"
    ),
  ])
  func `a template that cannot be is refused`(body: String, reason: String) async throws {
    let answer = try await put("t", body)
    #expect(answer.status == 400 && answer.body["error"]?["reason"]?.string == reason)
  }
}
