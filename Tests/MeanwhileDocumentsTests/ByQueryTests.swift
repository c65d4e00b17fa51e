import Meanwhile
import MeanwhileData
import MeanwhileMemoryStore
import Testing

@testable import MeanwhileDocuments

@Suite struct ByQueryTests {
  private let client = DocumentClient()

  private func load() async throws {
    for number in 0..<10 {
      _ = try await client.send(.put, "/a/_doc/\(number)", parameters: ["refresh": "true"], body: #"{"n":\#(number)}"#)
    }
  }

  @Test func `what a query means is deleted`() async throws {
    try await load()
    let answer = try await client.send(
      .post, "/a/_delete_by_query", parameters: ["refresh": "true"], body: #"{"query":{"range":{"n":{"gte":4}}}}"#)
    #expect(answer.status == 200)
    #expect(answer.body["total"] == 6 && answer.body["deleted"] == 6 && answer.body["updated"] == nil && answer.body["failures"] == [])
    #expect(try await client.store.snapshot(of: "a").documentCount == 4)
    let limited = try await client.send(.post, "/a/_delete_by_query", parameters: ["max_docs": "1"], body: #"{"query":{"match_all":{}}}"#)
    #expect(limited.body["deleted"] == 1)
    let refused = try await client.send(.post, "/a/_delete_by_query", body: "{}")
    #expect(refused.status == 400 && refused.body["error"]?["reason"] == "Validation Failed: 1: query is missing;")
  }

  @Test func `a document that changed since it was seen is a conflict`() async throws {
    try await load()
    // Written, and not refreshed: the query sees what was before.
    _ = try await client.send(.put, "/a/_doc/3", body: #"{"n":30}"#)
    let query = #"{"query":{"term":{"n":3}}}"#
    let aborted = try await client.send(.post, "/a/_delete_by_query", body: query)
    #expect(aborted.status == 409 && aborted.body["version_conflicts"] == 1)
    #expect(aborted.body["failures"]?.array?.first?["cause"]?["type"] == "version_conflict_engine_exception")
    let passed = try await client.send(.post, "/a/_delete_by_query", parameters: ["conflicts": "proceed"], body: query)
    #expect(passed.status == 200 && passed.body["version_conflicts"] == 1 && passed.body["deleted"] == 0)
  }

  @Test func `who does not wait gets a task, which is listed, and whose outcome is kept`() async throws {
    try await load()
    var builder = ServiceBuilder(taskStore: client.store)
    builder.provide(client.store, as: (any IndexStore).self)
    builder.add(DocumentEndpoints())
    let service = try await builder.build()
    for (path, key) in [("/a/_delete_by_query", "deleted"), ("/a/_update_by_query", "updated"), ("/a/_forcemerge", "_shards")] {
      let isByQuery = key != "_shards"
      let response = await service.respond(
        to: EndpointRequest(
          method: .post, path: path, parameters: ["wait_for_completion": "false"],
          headers: isByQuery ? ["Content-Type": "application/json"] : [:],
          body: isByQuery ? ChunkStream([Array(#"{"query":{"term":{"n":3}}}"#.utf8)]) : .empty))
      let name = try #require(try JSONValue.parse(try await response.collectBody())["task"]?.string)
      let listing = try #require(try await service.tasks.list(stored: true).first { $0.id.task == name })
      #expect(listing.language == "documents" && listing.view.description == path)
      guard case .finished(_, let result) = try await service.tasks.get(listing.id, language: nil, for: nil, wait: nil) else {
        Issue.record("\(path) did not finish")
        continue
      }
      let outcome = try await result.read(as: JSONOutput.self).object
      #expect(isByQuery ? outcome["total"] == 1 && outcome[key] == 1 : outcome[key] != nil, "\(path)")
      if isByQuery { _ = try await client.send(.put, "/a/_doc/3", parameters: ["refresh": "true"], body: #"{"n":3}"#) }
    }
  }

  @Test func `documents are written again under the mapping of now`() async throws {
    _ = try await client.send(.put, "/a", body: #"{"mappings":{"dynamic":false,"properties":{}}}"#)
    _ = try await client.send(.put, "/a/_doc/1", parameters: ["refresh": "true"], body: #"{"n":1}"#)
    _ = try await client.send(.put, "/a/_mapping", body: #"{"properties":{"n":{"type":"long"}}}"#)
    let answer = try await client.send(.post, "/a/_update_by_query", parameters: ["refresh": "true"])
    #expect(answer.body["updated"] == 1 && answer.body["deleted"] == 0)
    let segments = try await client.store.snapshot(of: "a").segments
    #expect(try segments.last?.segment.column("n")?.value(atRow: 0) == .long(1))
  }

  @Test func `many documents are read at once`() async throws {
    try await load()
    _ = try await client.send(.put, "/b/_doc/x", body: #"{"m":1,"k":2}"#)
    let body = #"{"docs":[{"_id":"1"},{"_index":"b","_id":"x","_source":["m"]},{"_id":"none"},{"_index":"c","_id":"1"}]}"#
    let found = try #require(try await client.send(.post, "/a/_mget", body: body).body["docs"]?.array)
    #expect(found[0]["_source"] == ["n": 1] && found[0]["_version"] == 1)
    #expect(found[1]["_source"] == ["m": 1])
    #expect(found[2] == ["_index": "a", "_id": "none", "found": false])
    #expect(found[3]["error"]?["type"] == "index_not_found_exception")
    let ids = try await client.send(.post, "/a/_mget", body: #"{"ids":["2",3]}"#).body["docs"]?.array
    #expect(ids?.compactMap { $0["_source"]?["n"]?.int } == [2, 3])
    #expect(try await client.send(.post, "/_mget", body: #"{"docs":[]}"#).status == 400)
  }
}
