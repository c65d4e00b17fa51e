#if HTTP && CLI
import Foundation
import Meanwhile
import Testing

@Suite("End to end: the server itself")
struct ServerEndToEndTests {
  @Test("GET / is what official clients look for")
  func root() async throws {
    try await withServer { client in
      let answer = try await client.get("/")
      #expect(answer.status == 200)
      #expect(answer.headers["x-elastic-product"] == "Elasticsearch")
      #expect(answer.json["tagline"] == "You Know, for Search")
      #expect(answer.json(at: "version", "build_flavor") == "default")
      let head = try await client.call("HEAD", "/")
      #expect(head.status == 200)
      #expect(head.body.isEmpty)
    }
  }

  @Test("Clients that ask for Elasticsearch's own media type get it")
  func vendorMediaType() async throws {
    try await withServer { client in
      let answer = try await client.get("/", headers: ["Accept": "application/vnd.elasticsearch+json; compatible-with=9"])
      #expect(answer.headers["content-type"] == "application/vnd.elasticsearch+json;compatible-with=9")
    }
  }

  @Test("Health is green, of the whole and of an index that is there")
  func health() async throws {
    try await withSampleServer { client in
      let answer = try await client.get("/_cluster/health")
      #expect(answer.json["status"] == "green")
      #expect(answer.json["active_primary_shards"] == 2)
      #expect(try await client.get("/_cluster/health/access?level=indices").json(at: "indices", "access", "status") == "green")
      let missing = try await client.get("/_cluster/health/nowhere?timeout=1s")
      #expect(missing.status == 408)
      #expect(missing.json["timed_out"] == true)
    }
  }

  static let badRequests: [(method: String, path: String, body: String?, status: Int, type: String?)] = [
    ("GET", "/_nothing/of/the/kind", nil, 400, nil),
    ("GET", "/_query", nil, 405, nil),
    ("POST", "/_query?nonsense=1", #"{"query":"ROW a = 1"}"#, 400, "illegal_argument_exception"),
    ("POST", "/_query", nil, 400, "parse_exception"),
    ("GET", "/_query/async/not-an-id", nil, 400, "illegal_argument_exception"),
    ("GET", "/_query/async/FmdMX2pIang3UWhLRU5QS0lqdlppYncaMUpYQ05oSkpTc3kwZ21EdC1tbFJXQToxOTI=", nil, 404, "resource_not_found_exception"),
    ("GET", "/nowhere", nil, 404, "index_not_found_exception"),
    ("POST", "/nowhere/_search", #"{"query":{"match_all":{}}}"#, 404, "index_not_found_exception"),
    ("PUT", "/Upper", nil, 400, "invalid_index_name_exception"),
    ("GET", "/_cluster/health?level=galaxy", nil, 400, "illegal_argument_exception"),
    ("GET", "/_tasks/nonsense", nil, 400, "illegal_argument_exception"),
    ("GET", "/_tasks?group_by=mood", nil, 400, "illegal_argument_exception"),
  ]

  @Test("What is wrong with a request is said in one envelope", arguments: badRequests)
  func badRequest(_ method: String, _ path: String, _ body: String?, _ status: Int, _ type: String?) async throws {
    try await withServer { client in
      let answer = try await client.call(method, path, body)
      #expect(answer.status == status, "\(answer.text)")
      #expect(answer.json["error"] != nil, "\(answer.text)")
      if let type {
        #expect(answer.errorType == type, "\(answer.text)")
        #expect(answer.json["status"]?.int == Int64(status))
      }
    }
  }

  @Test("A body that is too long is a 413, and the server lives on")
  func tooLong() async throws {
    try await withServer { client in
      let body = String(repeating: " ", count: (100 << 20) + 1)
      // The server may close before it has taken it all, and the client then reports that instead.
      if let answer = try? await client.post("/_query", body) { #expect(answer.status == 413) }
      let alive = try await client.get("/")
      #expect(alive.status == 200)
    }
  }

  @Test("It ends in order when it is told to")
  func endsOnSignal() async throws {
    for signal in [SIGTERM, SIGINT] {
      let server = try await ServerProcess(["--memory"])
      #expect(try await Client(server.url).get("/").status == 200)
      #expect(await server.end(signal) == 0)
    }
  }

  @Test("It refuses to listen where others could reach it")
  func refusesOpenAddress() async throws {
    let outcome = try await Program.run(["serve", "--memory", "--host", "0.0.0.0", "--port", "0"])
    #expect(outcome.status == 1)
    #expect(outcome.error.contains("refusing to listen on [0.0.0.0]"))
  }

  @Test("A port that is taken is one line on standard error")
  func portTaken() async throws {
    try await withServer { client in
      let port = try #require(URL(string: client.url)?.port)
      let outcome = try await Program.run(["serve", "--memory", "--port", String(port)])
      #expect(outcome.status == 1)
      #expect(outcome.error.contains("port [\(port)]"))
      #expect(outcome.error.split(separator: "\n").count == 1)
    }
  }
}
#endif
