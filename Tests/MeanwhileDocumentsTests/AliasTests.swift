import Meanwhile
import MeanwhileData
import MeanwhileEngine
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
    (#"{"add":{"index":"a","alias":"x","filter":{"nonsense":{}}}}"#, 400, "unknown query [nonsense]"),
  ])
  func `a change that cannot be is refused, and none is made`(action: String, status: Int, reason: String) async throws {
    for name in ["a", "b"] { _ = try await client.send(.put, "/\(name)") }
    let answer = try await client.send(
      .post, "/_aliases", body: #"{"actions":[{"add":{"index":"a","alias":"fine"}},\#(action)]}"#)
    #expect(answer.status == status && answer.body["error"]?["reason"]?.string == reason)
    #expect(try await client.send(.get, "/_alias").body == ["a": ["aliases": [:]], "b": ["aliases": [:]]])
  }

  /// What a by-query run over an expression means, by number; nothing is deleted.
  private func numbers(_ expression: String) async throws -> [Int64] {
    let store = client.store
    let snapshots = try await store.snapshots(of: try await store.resolver().targets(of: expression), now: Timestamp(milliseconds: 0))
    return try snapshots.flatMap { snapshot in
      try snapshot.segments.flatMap { view -> [Int64] in
        let column = try view.segment.column("n")
        return (0..<view.segment.rowCount).filter { view.deleted?[$0] != true }.compactMap { row in
          if case .long(let number)? = column?.value(atRow: row) { number } else { nil }
        }
      }
    }.sorted()
  }

  @Test func `an alias with a filter means the documents that the filter lets through`() async throws {
    for number in 0..<6 {
      _ = try await client.send(.put, "/a/_doc/\(number)", parameters: ["refresh": "true"], body: #"{"n":\#(number)}"#)
    }
    _ = try await client.send(.delete, "/a/_doc/1", parameters: ["refresh": "true"])
    func add(_ alias: String, _ filter: String) async throws {
      _ = try await client.send(.put, "/a/_alias/\(alias)", body: #"{"filter":\#(filter)}"#)
    }
    try await add("small", #"{"range":{"n":{"lt":3}}}"#)
    try await add("large", #"{"range":{"n":{"gte":5}}}"#)
    let shown = try await client.send(.get, "/_alias/large").body
    #expect(shown == ["a": ["aliases": ["large": ["filter": ["range": ["n": ["gte": 5]]]]]]])
    let meant: [(String, [Int64])] = [
      ("a", [0, 2, 3, 4, 5]), ("small", [0, 2]), ("large", [5]), ("small,large", [0, 2, 5]), ("small,a", [0, 2, 3, 4, 5]),
      ("*", [0, 2, 3, 4, 5]), ("s*", [0, 2]), ("*ll,*ge", [0, 2, 5]),
    ]
    for (expression, numbers) in meant { #expect(try await self.numbers(expression) == numbers, "\(expression)") }
    let deleted = try await client.send(
      .post, "/small/_delete_by_query", parameters: ["refresh": "true"], body: #"{"query":{"match_all":{}}}"#)
    #expect(deleted.body["deleted"] == 2)
    #expect(try await numbers("a") == [3, 4, 5])
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
