#if Security
import Meanwhile
import Testing

@testable import MeanwhileSecurity

/// Whose an asynchronous query is, in each language.
@Suite("Owners of asynchronous queries")
struct OwnershipTests {
  /// How a language's queries are submitted and asked about.
  struct API: Sendable, CustomStringConvertible {
    var description: String
    var submit: String
    var parameters: Parameters = [:]
    var body: JSONValue
    /// The name of the id in an answer.
    var idName = "id"
    /// Where a task is, with `ID` for its id.
    var task: String
    var status: String
    var stop: String?
  }

  static let apis: [API] = [
    API(
      description: "ES|QL", submit: "/_query/async",
      body: ["query": "FROM books | STATS COUNT(*)", "keep_on_completion": true], task: "/_query/async/ID",
      status: "/_query/async/ID/status",
      stop: "/_query/async/ID/stop"),
    API(
      description: "EQL", submit: "/books/_eql/search",
      parameters: ["wait_for_completion_timeout": "10s", "keep_on_completion": "true"], body: ["query": "any where true"],
      task: "/_eql/search/ID", status: "/_eql/search/status/ID"),
    API(
      description: "search", submit: "/books/_async_search",
      parameters: ["wait_for_completion_timeout": "10s", "keep_on_completion": "true"],
      body: [:], task: "/_async_search/ID", status: "/_async_search/status/ID"),
    API(
      description: "OpenSearch", submit: "/books/_plugins/_asynchronous_search",
      parameters: ["wait_for_completion_timeout": "10s", "keep_on_completion": "true"], body: [:],
      task: "/_plugins/_asynchronous_search/ID", status: "/_plugins/_asynchronous_search/ID/status"),
  ]

  private static func server() async throws -> SecuredServer {
    let roles: JSONValue = [
      "reader": [
        "cluster": ["manage_own_api_key", "manage_token"],
        "indices": [["names": ["books"], "privileges": ["read"]]],
      ],
      "canceller": ["cluster": ["cancel_task"]], "watcher": ["cluster": ["monitor"]],
    ]
    let server = try await SecuredServer(
      users: ["ann": ["reader"], "bob": ["reader"], "cleaner": ["canceller"], "watcher": ["watcher"]], roles: roles)
    try await server.index(["@timestamp": "2026-01-01T00:00:00Z", "event": ["category": "x"]], in: "books")
    return server
  }

  private static func submit(_ api: API, _ server: SecuredServer, authorization: String) async throws -> String {
    let answer = try await server.answer(.post, api.submit, parameters: api.parameters, json: api.body, authorization: authorization)
    #expect(answer.status == 200, "\(answer.json.text())")
    return try #require(answer.json["id"]?.string, "\(answer.json.text())")
  }

  private static func key(_ server: SecuredServer, _ name: String) async throws -> String {
    let key = try await server.answer(.post, "/_security/api_key", json: ["name": .string(name)], as: "ann")
    return "ApiKey " + (try #require(key.json["encoded"]?.string))
  }

  @Test("To others a query is one that never was; its owner, and their tokens, have it", arguments: apis)
  func ownership(api: API) async throws {
    let server = try await Self.server()
    let ann = SecuredServer.basic("ann", "annann")
    let bob = SecuredServer.basic("bob", "bobbob")
    let key = try await Self.key(server, "one")
    let id = try await Self.submit(api, server, authorization: ann)
    func path(_ template: String, _ id: String) -> String { template.replacing("ID", with: PercentEncoding.encode(id)) }

    // An id of the same form that nobody was given: the answer about it must be the answer to those who are not the owner.
    let other = try await Self.submit(api, server, authorization: ann)
    #expect(try await server.answer(.delete, path(api.task, other), authorization: ann).status == 200)
    var requests: [(EndpointRequest.Method, String)] = [(.get, api.task), (.get, api.status), (.delete, api.task)]
    if let stop = api.stop { requests.append((.post, stop)) }
    for (method, template) in requests {
      for stranger in [bob, key] {
        let answer = try await server.answer(method, path(template, id), authorization: stranger)
        let unknown = try await server.answer(method, path(template, other), authorization: stranger)
        #expect(answer.status == 404, "\(method.rawValue) \(template)")
        #expect(answer.json.text().replacing(id, with: "ID") == unknown.json.text().replacing(other, with: "ID"))
      }
    }
    #expect(try await server.answer(.get, path(api.status, id), as: "watcher").status == 200)
    #expect(try await server.answer(.get, path(api.task, id), as: "watcher").status == 404)
    #expect(try await server.answer(.delete, path(api.task, id), as: "watcher").status == 404)

    let token = try await server.answer(.post, "/_security/oauth2/token", json: ["grant_type": "client_credentials"], authorization: ann)
    let bearer = "Bearer " + (try #require(token.json["access_token"]?.string))
    for owner in [ann, bearer] {
      #expect(try await server.answer(.get, path(api.task, id), authorization: owner).status == 200)
      #expect(try await server.answer(.get, path(api.status, id), authorization: owner).status == 200)
    }
    #expect(try await server.answer(.delete, path(api.task, id), as: "cleaner").status == 200)
    #expect(try await server.answer(.get, path(api.task, id), authorization: ann).status == 404)
  }

  @Test("What a key submits is that key's: neither its maker's nor another key's", arguments: apis)
  func keys(api: API) async throws {
    let server = try await Self.server()
    let (one, two) = (try await Self.key(server, "one"), try await Self.key(server, "two"))
    let id = try await Self.submit(api, server, authorization: one)
    let path = api.task.replacing("ID", with: PercentEncoding.encode(id))
    #expect(try await server.answer(.get, path, authorization: two).status == 404)
    #expect(try await server.answer(.get, path, as: "ann").status == 404)
    #expect(try await server.answer(.get, path, authorization: one).status == 200)
  }
}
#endif
