#if Security
import Meanwhile
import Testing

@testable import MeanwhileSecurity

@Suite("What one may see of indices")
struct IndexAccessTests {
  /// `ann` reads and writes `ann-*`, `bob` reads the alias `shared` alone; there are `ann-1`, `ann-2` with the alias `shared`, and `secret`.
  private static func server() async throws -> SecuredServer {
    let roles: JSONValue = [
      "anns": ["indices": [["names": ["ann-*"], "privileges": ["read", "write", "manage"]]]],
      "bobs": ["indices": [["names": ["shared"], "privileges": ["read"]]]],
      "peeker": ["indices": [["names": ["ann-*", "lookups"], "privileges": ["read"]]]],
    ]
    let server = try await SecuredServer(
      users: ["admin": ["superuser"], "ann": ["anns"], "bob": ["bobs"], "pete": ["peeker"]], roles: roles)
    try await server.index(["n": 1], in: "ann-1")
    try await server.index(["n": 2], in: "ann-2")
    try await server.index(["n": 3], in: "secret")
    _ = try await server.answer(.put, "/ann-2/_alias/shared", as: "admin")
    return server
  }

  private static func count(_ answer: SecuredServer.Answer) -> Int64? { answer.json["hits"]?["total"]?["value"]?.int }

  @Test("A pattern means the indices that one may read")
  func patterns() async throws {
    let server = try await Self.server()
    #expect(Self.count(try await server.answer(.post, "/_search", as: "ann")) == 2)
    #expect(Self.count(try await server.answer(.post, "/*/_search", as: "ann")) == 2)
    #expect(Self.count(try await server.answer(.post, "/_search", as: "admin")) == 3)
    let esql = try await server.answer(.post, "/_query", json: ["query": "FROM * | STATS n = SUM(n)"], as: "ann")
    #expect(esql.json["values"] == [[3]])
    let cat = try await server.answer(.get, "/_cat/indices", parameters: ["format": "json", "h": "index"], as: "ann")
    #expect(cat.json.array?.count == 2)
  }

  @Test("A name that one may not read is a 403, whether it is there or not; to ES|QL there is no such index")
  func names() async throws {
    let server = try await Self.server()
    for name in ["secret", "nothing-there", "ann-1,secret"] {
      let answer = try await server.answer(.post, "/\(name)/_search", as: "ann")
      #expect(answer.status == 403)
      let denied = name == "ann-1,secret" ? "secret" : name
      #expect(
        answer.reason
          == "action [indices:data/read/search] is unauthorized for user [ann] with effective roles [anns] on indices [\(denied)], "
          + "this action is granted by the index privileges [read,all]")
      let esql = try await server.answer(.post, "/_query", json: ["query": .string("FROM \(name)")], as: "ann")
      #expect(esql.status == 400)
      #expect(esql.reason?.contains("Unknown index") == true)
    }
    let eql = try await server.answer(.post, "/secret/_eql/search", json: ["query": "any where true"], as: "ann")
    #expect(eql.status == 403)
    let ignoring = try await server.answer(.post, "/ann-1,secret/_search", parameters: ["ignore_unavailable": "true"], as: "ann")
    #expect(Self.count(ignoring) == 1)
  }

  @Test(
    "Every command that reads an index takes reading it",
    arguments: [
      "FROM ann-1 | WHERE n IN (FROM secret | KEEP n)", "FROM ann-1 | LOOKUP JOIN secret ON n", "FROM ann-1, (FROM secret)",
      "FROM (FROM secret)",
    ])
  func commands(query: String) async throws {
    let server = try await Self.server()
    let answer = try await server.answer(.post, "/_query", json: ["query": .string(query)], as: "ann")
    #expect(answer.status == 400, "\(answer.json.text())")
  }

  @Test("LOOKUP JOIN and ENRICH read what one may read")
  func lookupAndEnrich() async throws {
    let server = try await Self.server()
    let lookups: JSONValue = [
      "settings": ["index.mode": "lookup"], "mappings": ["properties": ["n": ["type": "long"], "word": ["type": "keyword"]]],
    ]
    #expect(try await server.answer(.put, "/lookups", json: lookups, as: "admin").status == 200)
    try await server.index(["n": 1, "word": "one"], in: "lookups")
    let join: JSONValue = ["query": "FROM ann-1 | LOOKUP JOIN lookups ON n | KEEP word"]
    #expect(try await server.answer(.post, "/_query", json: join, as: "pete").json["values"] == [["one"]])
    #expect(try await server.answer(.post, "/_query", json: join, as: "ann").status == 400)

    let policy: JSONValue = ["match": ["indices": "lookups", "match_field": "word", "enrich_fields": ["n"]]]
    #expect(try await server.answer(.put, "/_enrich/policy/words", json: policy, as: "admin").status == 200)
    #expect(try await server.answer(.post, "/_enrich/policy/words/_execute", as: "admin").status == 200)
    let enrich: JSONValue = ["query": "ROW word = \"one\" | ENRICH words ON word"]
    #expect(try await server.answer(.post, "/_query", json: enrich, as: "admin").json["values"] == [["one", 1]])
    #expect(try await server.answer(.post, "/_query", json: enrich, as: "ann").status == 403)
  }

  @Test("Through an alias one reaches its indices with a privilege on the alias, and not by their names")
  func aliases() async throws {
    let server = try await Self.server()
    #expect(Self.count(try await server.answer(.post, "/shared/_search", as: "bob")) == 1)
    #expect(Self.count(try await server.answer(.post, "/_search", as: "bob")) == 1)
    #expect(try await server.answer(.post, "/ann-2/_search", as: "bob").status == 403)
    #expect(try await server.answer(.post, "/shared/_search", as: "ann").status == 403)
    #expect(try await server.answer(.put, "/ann-1/_alias/shared", as: "ann").status == 403, "an alias is what others have privileges on")
    #expect(try await server.answer(.put, "/ann-1/_alias/ann-all", as: "ann").status == 200)
  }

  @Test("What a body names is held to the same, item by item")
  func bodies() async throws {
    let server = try await Self.server()
    let wanted: JSONValue = ["docs": [["_index": "ann-1", "_id": "1"], ["_index": "secret", "_id": "1"]]]
    let read = try await server.answer(.post, "/_mget", json: wanted, as: "ann")
    #expect(read.status == 200)
    #expect(read.json["docs"]?.array?.first?["found"] == true)
    #expect(read.json["docs"]?.array?.last?["error"]?["type"] == "security_exception")

    var bulk = EndpointRequest(.post, "/_bulk")
    let lines = [#"{"index":{"_index":"ann-1"}}"#, #"{"n":4}"#, #"{"index":{"_index":"secret"}}"#, #"{"n":5}"#, ""]
    bulk.body = ChunkStream([Array(lines.joined(separator: "\n").utf8)])
    bulk.headers = ["Content-Type": "application/x-ndjson", "Authorization": SecuredServer.basic("ann", "annann")]
    let written = try JSONValue.parse(try await server.service.respond(to: bulk).collectBody())
    #expect(written["items"]?.array?.compactMap { $0["index"]?["status"]?.int } == [201, 403])
  }

  @Test("What the server keeps for itself is nobody's index")
  func ownNotes() async throws {
    let server = try await Self.server()
    let template: JSONValue = ["index_patterns": ["logs-*"]]
    #expect(try await server.answer(.put, "/_index_template/logs", json: template, as: "admin").status == 200)
    #expect(try await server.answer(.get, "/.meanwhile", as: "admin").status == 403)
    #expect(try await server.answer(.delete, "/.meanwhile", as: "admin").status >= 400)
    #expect(try await server.answer(.get, "/_index_template/logs", as: "admin").status == 200)
  }
}
#endif
