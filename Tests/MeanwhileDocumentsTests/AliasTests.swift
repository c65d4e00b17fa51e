import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileDocuments

@Suite struct AliasTests {
  private let client = DocumentClient()

  @Test func `aliases are added and removed together, and shown`() async throws {
    for name in ["logs-1", "logs-2"] { _ = try await client.send(.put, "/\(name)") }
    let added = try await client.send(
      .post, "/_aliases",
      body: #"""
        {"actions":[{"add":{"index":"logs-*","alias":"logs"}},{"add":{"index":"logs-2","alias":"logs","is_write_index":true}},
        {"add":{"indices":["logs-1"],"aliases":["old","older"]}},{"remove":{"index":"logs-1","alias":"older"}}]}
        """#)
    #expect(added.status == 200 && added.body["acknowledged"] == true)
    #expect(
      try await client.send(.get, "/_alias").body == [
        "logs-1": ["aliases": ["logs": [:], "old": [:]]], "logs-2": ["aliases": ["logs": ["is_write_index": true]]],
      ])
    #expect(try await client.send(.get, "/_alias/ol*").body == ["logs-1": ["aliases": ["old": [:]]]])
    #expect(try await client.send(.get, "/logs-2/_alias").body == ["logs-2": ["aliases": ["logs": ["is_write_index": true]]]])
    let missing = try await client.send(.get, "/_alias/logs,none")
    #expect(missing.status == 404 && missing.body["error"] == "alias [none] missing" && missing.body["logs-1"] != nil)
    #expect(try await client.send(.head, "/_alias/old").status == 200)
    #expect(try await client.send(.head, "/_alias/none").status == 404)
  }

  @Test func `a write through an alias goes to its write index`() async throws {
    for name in ["logs-1", "logs-2"] { _ = try await client.send(.put, "/\(name)") }
    for name in ["logs-1", "logs-2"] { _ = try await client.send(.put, "/\(name)/_alias/logs") }
    let refused = try await client.send(.post, "/logs/_doc", body: "{}")
    #expect(refused.status == 400 && refused.body["error"]?["reason"]?.string?.hasPrefix("no write index is defined") == true)
    _ = try await client.send(.put, "/logs-2/_alias/logs", body: #"{"is_write_index":true}"#)
    #expect(try await client.send(.post, "/logs/_doc", body: "{}").body["_index"] == "logs-2")
    #expect(try await client.send(.delete, "/logs-*/_alias/logs").body == ["acknowledged": true])
    #expect(try await client.send(.get, "/_alias").body == ["logs-1": ["aliases": [:]], "logs-2": ["aliases": [:]]])
  }

  @Test(arguments: [
    (#"{"add":{"index":"a","alias":"b"}}"#, 400, "Invalid alias name [b]: an index or data stream exists with the same name as the alias"),
    (#"{"add":{"index":"a","alias":"B"}}"#, 400, "Invalid alias name [B]: must be lowercase"),
    (#"{"add":{"index":"none","alias":"x"}}"#, 404, "no such index [none]"),
    (#"{"remove":{"index":"a","alias":"x"}}"#, 404, "aliases [x] missing"),
    (#"{"add":{"index":"a"}}"#, 400, "One of [alias] or [aliases] is required"),
    (#"{"add":{"index":"a","alias":"x","filter":{"match_all":{}}}}"#, 400, "aliases with a [filter] are not supported"),
  ])
  func `a change that cannot be is refused, and none is made`(action: String, status: Int, reason: String) async throws {
    for name in ["a", "b"] { _ = try await client.send(.put, "/\(name)") }
    let answer = try await client.send(
      .post, "/_aliases", body: #"{"actions":[{"add":{"index":"a","alias":"fine"}},\#(action)]}"#)
    #expect(answer.status == status && answer.body["error"]?["reason"]?.string == reason)
    #expect(try await client.send(.get, "/_alias").body == ["a": ["aliases": [:]], "b": ["aliases": [:]]])
  }

  @Test func `names are resolved, and listed`() async throws {
    _ = try await client.send(.put, "/a", body: #"{"aliases":{"x":{}},"settings":{"hidden":true}}"#)
    _ = try await client.send(.put, "/b/_doc/1", parameters: ["refresh": "true"], body: "{}")
    #expect(
      try await client.send(.get, "/_resolve/index/*", parameters: ["expand_wildcards": "all"]).body == [
        "indices": [
          ["name": "a", "aliases": ["x"], "attributes": ["hidden", "open"]], ["name": "b", "attributes": ["open"]],
        ], "aliases": [["name": "x", "indices": ["a"]]], "data_streams": [],
      ])
    #expect(
      try await client.send(.get, "/_resolve/index/x").body == [
        "indices": [], "aliases": [["name": "x", "indices": ["a"]]], "data_streams": [],
      ])
    #expect(
      try await client.send(.get, "/_cat/aliases", parameters: ["format": "json", "h": "alias,index"]).body
        == [["alias": "x", "index": "a"]])
    let count = try await client.send(.get, "/_cat/count/b", parameters: ["format": "json", "h": "count"])
    #expect(count.body == [["count": "1"]])
    let clash = try await client.send(.put, "/x")
    #expect(clash.status == 400 && clash.body["error"]?["reason"] == "Invalid index name [x], already exists as alias")
  }
}
