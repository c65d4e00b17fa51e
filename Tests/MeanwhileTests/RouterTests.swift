import Testing

@testable import Meanwhile

struct RouterTests {
  let router: Router

  init() throws {
    let routes: [(EndpointRequest.Method, String)] = [
      (.get, "/"), (.post, "/_query"), (.post, "/_query/async"), (.get, "/_query/async/{id}"), (.delete, "/_query/async/{id}"),
      (.post, "/_query/async/{id}/stop"), (.get, "/_query/queries"), (.get, "/_query/queries/{id}"), (.get, "/{index}"), (.put, "/{index}"),
      (.post, "/{index}/_search"), (.post, "/_search"), (.put, "/{index}/_doc/{id}"), (.get, "/_eql/search/{id}"),
      (.get, "/_eql/search/status/{id}"), (.get, "/_cat/indices"), (.get, "/_cat/{what}"), (.head, "/{index}"),
    ]
    router = try Router(
      routes.map { method, path in Route(method, path, summary: path, privilege: .authenticated("toy")) { _, _ in EndpointResponse() } })
  }

  @Test(
    arguments: [
      (.get, "/", "/", [:]),
      (.post, "/_query", "/_query", [:]),
      (.post, "/_query/", "/_query", [:]),
      (.get, "/_query/async/Fm%3D", "/_query/async/{id}", ["id": "Fm="]),
      (.get, "/_query/async/_x", "/_query/async/{id}", ["id": "_x"]),
      (.head, "/_query/async/Fm", "/_query/async/{id}", ["id": "Fm"]),
      (.get, "/_query/queries", "/_query/queries", [:]),
      (.get, "/logs-*", "/{index}", ["index": "logs-*"]),
      (.head, "/logs", "/{index}", ["index": "logs"]),
      (.post, "/logs%2Da,b/_search", "/{index}/_search", ["index": "logs-a,b"]),
      (.post, "/_all/_search", "/{index}/_search", ["index": "_all"]),
      (.put, "/logs/_doc/a%2Fb", "/{index}/_doc/{id}", ["index": "logs", "id": "a/b"]),
      (.put, "/logs/_doc/_weird", "/{index}/_doc/{id}", ["index": "logs", "id": "_weird"]),
      (.get, "/_eql/search/status/F", "/_eql/search/status/{id}", ["id": "F"]),
      (.get, "/_cat/indices", "/_cat/indices", [:]),
      (.get, "/_cat/other", "/_cat/{what}", ["what": "other"]),
    ] as [(EndpointRequest.Method, String, String, [String: String])])
  func aPathFindsItsRoute(method: EndpointRequest.Method, path: String, route: String, parameters: [String: String]) throws {
    let match = try router.match(method, path)
    #expect(match.route.path == route)
    #expect(match.pathParameters == parameters)
  }

  @Test(
    arguments: [
      (.get, "/_query", .noSuchMethod(allowed: [.post])),
      (.patch, "/_query/async/F", .noSuchMethod(allowed: [.delete, .get])),
      (.delete, "/logs", .noSuchMethod(allowed: [.get, .head, .put])),
      (.get, "/_nothing", .noSuchPath),
      (.get, "/_x/y", .noSuchPath),
      (.get, "/logs/nothing", .noSuchPath),
      (.get, "/logs/_doc/1/2", .noSuchPath),
    ] as [(EndpointRequest.Method, String, Router.Miss)])
  func whatNobodyAnswersIsSaidWhy(method: EndpointRequest.Method, path: String, miss: Router.Miss) {
    #expect(throws: miss) { try router.match(method, path) }
  }

  @Test func twoRoutesOfOneMethodAndPathAreRefused() {
    let routes = ["/a/{x}", "/a/{y}"].map { path in
      Route(.get, path, summary: "", privilege: .authenticated("toy")) { _, _ in EndpointResponse() }
    }
    #expect(throws: CompositionError("two routes answer [GET /a/{y}]")) { try Router(routes) }
  }
}
