#if HTTP && CLI
import Meanwhile
import Testing

@Suite("End to end: three languages, four dialects")
struct QueryEndToEndTests {
  @Test("ES|QL answers at once")
  func esql() async throws {
    try await withSampleServer { client in
      let answer = try await client.post(
        "/_query", #"{"query":"FROM access | WHERE status < 500 | STATS n = COUNT(*), b = SUM(bytes) BY method | SORT method"}"#)
      #expect(answer.status == 200, "\(answer.text)")
      #expect(answer.json(at: "columns", "0", "name") == "n")
      #expect(answer.json["values"] == [[3, 2569, "GET"], [1, 64, "POST"]])
    }
  }

  @Test("ES|QL in the background: submit, get, delete")
  func esqlAsync() async throws {
    try await withSampleServer { client in
      let submitted = try await client.post(
        "/_query/async", #"{"query":"FROM access | STATS n = COUNT(*)","wait_for_completion_timeout":"10s","keep_on_completion":true}"#)
      #expect(submitted.status == 200, "\(submitted.text)")
      #expect(submitted.json["is_running"] == false)
      #expect(submitted.headers["x-elasticsearch-async-is-running"] == "?0")
      let id = try #require(submitted.json["id"]?.string)
      #expect(submitted.headers["x-elasticsearch-async-id"] == id)

      let first = try await client.get("/_query/async/\(id)")
      #expect(first.json["values"] == [[5]])
      #expect(try await client.get("/_query/async/\(id)").json["values"] == first.json["values"])
      #expect(try await client.get("/_query/async/\(id)?format=csv").text == "n\r\n5\r\n")
      #expect(try await client.post("/_query/async/\(id)/stop").json["values"] == [[5]])

      #expect(try await client.delete("/_query/async/\(id)").json["acknowledged"] == true)
      #expect(try await client.get("/_query/async/\(id)").status == 404)
      #expect(try await client.delete("/_query/async/\(id)").status == 404)
    }
  }

  static let esqlErrors: [(query: String, type: String, place: String)] = [
    ("FROM access | WHERE", "parsing_exception", "line 1:"),
    ("FROM access | WHERE nowhere == 1", "verification_exception", "Unknown column [nowhere]"),
    ("FROM nowhere", "verification_exception", "Unknown index [nowhere]"),
    ("FROM access | EVAL x = status + method", "verification_exception", "line 1:"),
  ]

  @Test("A wrong ES|QL query is a 400 that says where", arguments: esqlErrors)
  func esqlError(_ query: String, _ type: String, _ place: String) async throws {
    try await withSampleServer { client in
      for path in ["/_query", "/_query/async"] {
        let answer = try await client.post(path, JSONValue.object(["query": .string(query)]).text())
        #expect(answer.status == 400)
        #expect(answer.errorType == type, "\(answer.text)")
        #expect(answer.errorReason?.contains(place) == true, "\(answer.text)")
      }
    }
  }

  @Test("EQL finds events and sequences")
  func eql() async throws {
    try await withSampleServer { client in
      let events = try await client.post("/events/_eql/search", #"{"query":"process where process.name == \"bash\""}"#)
      #expect(events.status == 200, "\(events.text)")
      #expect(events.json(at: "hits", "total", "value") == 1)
      #expect(events.json(at: "hits", "events", "0", "_source", "user") == "ada")

      let sequences = try await client.post(
        "/events/_eql/search",
        #"{"query":"sequence by user with maxspan=1m [authentication where event.outcome == \"failure\"] [process where true]"}"#)
      #expect(sequences.json(at: "hits", "sequences")?.array?.count == 1, "\(sequences.text)")
      #expect(sequences.json(at: "hits", "sequences", "0", "join_keys") == ["ada"])
    }
  }

  @Test("EQL in the background: submit, status, get, delete")
  func eqlAsync() async throws {
    try await withSampleServer { client in
      let submitted = try await client.post(
        "/events/_eql/search", #"{"query":"process where true","keep_on_completion":true,"wait_for_completion_timeout":"10s"}"#)
      let id = try #require(submitted.json["id"]?.string, "\(submitted.text)")
      let status = try await client.get("/_eql/search/status/\(id)")
      #expect(status.json["is_running"] == false, "\(status.text)")
      #expect(status.json["completion_status"] == 200)
      #expect(try await client.get("/_eql/search/\(id)").json(at: "hits", "total", "value") == 2)
      #expect(try await client.delete("/_eql/search/\(id)").json["acknowledged"] == true)
      #expect(try await client.get("/_eql/search/\(id)").status == 404)
    }
  }

  @Test("Search finds, filters, sorts and pages")
  func search() async throws {
    try await withSampleServer { client in
      let answer = try await client.post(
        "/access/_search",
        """
        {"query":{"bool":{"must":{"match":{"message":"cart"}},"filter":{"range":{"status":{"lt":500}}}}},
         "sort":[{"bytes":"desc"}],"size":1,"_source":["path"]}
        """)
      #expect(answer.status == 200, "\(answer.text)")
      #expect(answer.json(at: "hits", "total") == ["value": 2, "relation": "eq"])
      #expect(answer.json(at: "hits", "hits")?.array?.count == 1)
      #expect(answer.json(at: "hits", "hits", "0", "_source") == ["path": "/cart"])
    }
  }

  @Test("Async search: submit, status, get, delete")
  func asyncSearch() async throws {
    try await withSampleServer { client in
      let submitted = try await client.post(
        "/access/_async_search?keep_on_completion=true&wait_for_completion_timeout=10s", #"{"query":{"term":{"status":200}}}"#)
      let id = try #require(submitted.json["id"]?.string, "\(submitted.text)")
      #expect(submitted.json(at: "response", "hits", "total", "value") == 2)
      #expect(try await client.get("/_async_search/status/\(id)").json["completion_status"] == 200)
      #expect(try await client.get("/_async_search/\(id)").json(at: "response", "hits", "total", "value") == 2)
      #expect(try await client.delete("/_async_search/\(id)").json["acknowledged"] == true)
      #expect(try await client.get("/_async_search/\(id)").status == 404)
    }
  }

  @Test("OpenSearch's asynchronous search: submit, get, stats, delete")
  func openSearch() async throws {
    try await withSampleServer { client in
      let submitted = try await client.post(
        "/access/_plugins/_asynchronous_search?keep_on_completion=true&wait_for_completion_timeout=10s", #"{"query":{"match_all":{}}}"#)
      let id = try #require(submitted.json["id"]?.string, "\(submitted.text)")
      #expect(submitted.json(at: "response", "hits", "total", "value") == 5)
      #expect(try await client.get("/_plugins/_asynchronous_search/\(id)").json(at: "response", "hits", "total", "value") == 5)
      #expect(try await client.get("/_plugins/_asynchronous_search/stats").status == 200)
      #expect(try await client.delete("/_plugins/_asynchronous_search/\(id)").json["acknowledged"] == true)
      #expect(try await client.get("/_plugins/_asynchronous_search/\(id)").status == 404)
    }
  }

  @Test("An id of one dialect means nothing to another")
  func idsAreTheirDialects() async throws {
    try await withSampleServer { client in
      let submitted = try await client.post(
        "/_query/async", #"{"query":"ROW a = 1","keep_on_completion":true,"wait_for_completion_timeout":"10s"}"#)
      let id = try #require(submitted.json["id"]?.string)
      #expect(try await client.get("/_eql/search/\(id)").status == 404)
      #expect(try await client.get("/_async_search/\(id)").status == 404)
      #expect(try await client.get("/_query/async/\(id)").status == 200)
    }
  }

  @Test("Expired results are gone")
  func expiry() async throws {
    try await withSampleServer { client in
      let submitted = try await client.post(
        "/_query/async", #"{"query":"ROW a = 1","keep_on_completion":true,"wait_for_completion_timeout":"10s","keep_alive":"1s"}"#)
      // Some dialects refuse so short a life; then there is nothing to expire.
      guard let id = submitted.json["id"]?.string else {
        #expect(submitted.status == 400, "\(submitted.text)")
        return
      }
      try await Task.sleep(for: .milliseconds(1_300))
      #expect(try await client.get("/_query/async/\(id)").status == 404)
    }
  }
}
#endif
