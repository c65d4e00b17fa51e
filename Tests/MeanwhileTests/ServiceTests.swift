import Meanwhile
import Testing

/// What every request meets before and after its route: errors of routing, common parameters, headers.
struct ServiceTests {
  /// Routes that give back what they got.
  struct Echo: EndpointProvider {
    var routes: [Route] {
      [
        Route(.get, "/_echo", summary: "", parameters: ["size", "from"], privilege: .authenticated("toy")) { _, _ in
          .json(["took": 1, "hits": ["total": 2, "hits": [["_id": "a", "_source": ["x": 1]], ["_id": "b", "_source": ["x": 2]]]]])
        },
        Route(.post, "/_echo", summary: "", body: .required, privilege: .authenticated("toy")) { request, _ in
          .json(["body": .string(String(decoding: try await request.body.collect(bytesMax: 100), as: UTF8.self))])
        },
        Route(.get, "/_encoded", summary: "", privilege: .authenticated("toy")) { _, _ in .encodedJSON(Array(#"{"a":1,"b":2}"#.utf8)) },
        Route(.get, "/_text", summary: "", privilege: .authenticated("toy")) { _, _ in
          EndpointResponse(headers: ["Content-Type": "text/plain"], body: .bytes(Array("text".utf8)))
        },
        Route(.get, "/_fault", summary: "", privilege: .authenticated("toy")) { _, _ in throw Fault() },
        Route(.get, "/_who", summary: "", privilege: .authenticated("toy")) { _, session in
          .json(["user": .string(session.principal?.username ?? "nobody")])
        },
      ]
    }
    struct Fault: Error {}
  }

  struct Gatekeeper: Authenticator {
    func authenticate(_ request: EndpointRequest) async throws -> Principal {
      guard let user = request.headers["Authorization"] else {
        throw APIError(
          type: "security_exception", reason: "missing authentication credentials", status: 401, headers: ["WWW-Authenticate": "ApiKey"])
      }
      return Principal(username: user, realm: "test")
    }
  }

  func service(isSecured: Bool = false) async throws -> Service {
    var builder = ServiceBuilder(taskStore: TransientTaskStore())
    builder.add(endpoints: Echo())
    if isSecured { builder.secure(with: Gatekeeper()) }
    return try await builder.build()
  }

  func text(_ response: EndpointResponse) async throws -> String { String(decoding: try await response.collectBody(), as: UTF8.self) }

  @Test(
    arguments: [
      (.get, "/_nothing/here", [("z", "")], 400, #"{"error":"no handler found for uri [/_nothing/here?z] and method [GET]"}"#),
      (
        .delete, "/_text", [], 405,
        #"{"error":"Incorrect HTTP method for uri [/_text] and method [DELETE], allowed: [GET]","status":405}"#
      ),
    ] as [(EndpointRequest.Method, String, [(String, String)], Int, String)])
  func routingErrorsAreBareTexts(
    method: EndpointRequest.Method, path: String, parameters: [(String, String)], status: Int, body: String
  ) async throws {
    let parameters = Parameters(parameters.map { (name: $0.0, value: $0.1) })
    let response = await (try service()).respond(to: EndpointRequest(method, path, parameters: parameters))
    #expect(response.status == status)
    #expect(try await text(response) == body)
  }

  @Test func aWrongMethodIsToldTheRightOnes() async throws {
    let response = await (try service()).respond(to: EndpointRequest(.delete, "/_echo"))
    #expect(response.headers["Allow"] == "GET,POST")
    let options = await (try service()).respond(to: EndpointRequest(.options, "/_echo"))
    #expect(options.status == 200)
    #expect(options.headers["Allow"] == "GET,POST")
  }

  @Test(
    arguments: [
      (["foo"], "request [/_echo] contains unrecognized parameter: [foo]"),
      (["sise"], "request [/_echo] contains unrecognized parameter: [sise] -> did you mean [size]?"),
      (["zz", "foo"], "request [/_echo] contains unrecognized parameters: [foo], [zz]"),
      (["source_conten"], "request [/_echo] contains unrecognized parameter: [source_conten] -> did you mean [source_content_type]?"),
    ] as [([String], String)])
  func unknownParametersAreRefusedWithASuggestion(names: [String], reason: String) async throws {
    let parameters = Parameters(names.map { (name: $0, value: "1") })
    let response = await (try service()).respond(to: EndpointRequest(.get, "/_echo", parameters: parameters))
    #expect(response.status == 400)
    #expect(try await response.json()["error"]?["reason"] == .string(reason))
  }

  @Test func aBodyIsReadOnlyWhereTheRouteTakesOne() async throws {
    let service = try await service()
    let refused = await service.respond(to: EndpointRequest(.get, "/_echo", json: [:]))
    #expect(try await refused.json()["error"]?["reason"] == "request [GET /_echo] does not support having a body")
    let missing = await service.respond(to: EndpointRequest(.post, "/_echo"))
    #expect(try await missing.json()["error"]?["reason"] == "request body is required")
    let whole = await service.respond(
      to: EndpointRequest(
        method: .post, path: "/_echo", headers: ["Content-Type": "application/json"], body: ChunkStream([[], [123], [], [125]])))
    #expect(try await whole.json()["body"] == "{}")
    let long = await service.respond(to: EndpointRequest(.post, "/_echo", json: .string(String(repeating: "x", count: 200))))
    #expect(long.status == 413)
  }

  @Test(arguments: [nil, "text/plain", "application/x-www-form-urlencoded"])
  func aBodyOfUnknownTypeIsNotAcceptable(type: String?) async throws {
    var request = EndpointRequest(.post, "/_echo", json: [:])
    request.headers["Content-Type"] = type
    let response = await (try service()).respond(to: request)
    #expect(response.status == 406)
    #expect(try await response.json()["status"] == 406)
  }

  @Test(
    arguments: [
      (nil, "application/json"), ("application/json", "application/json"), ("*/*", "application/json"),
      ("application/vnd.elasticsearch+json; compatible-with=9", "application/vnd.elasticsearch+json;compatible-with=9"),
      ("application/vnd.elasticsearch+json; compatible-with=8", "application/vnd.elasticsearch+json;compatible-with=8"),
    ] as [(String?, String)])
  func jsonIsOfTheTypeThatWasAskedFor(accept: String?, type: String) async throws {
    var request = EndpointRequest(.get, "/_echo")
    request.headers["Accept"] = accept
    let response = await (try service()).respond(to: request)
    #expect(response.headers["Content-Type"] == type)
    #expect(response.headers["X-elastic-product"] == "Elasticsearch")
  }

  @Test func aVersionThatIsNotSpokenIsRefused() async throws {
    var request = EndpointRequest(.get, "/_echo")
    request.headers["Accept"] = "application/vnd.elasticsearch+json; compatible-with=7"
    let response = await (try service()).respond(to: request)
    #expect(response.status == 400)
    let error = try await response.json()["error"]
    #expect(error?["type"] == "media_type_header_exception")
    #expect(
      error?["caused_by"]?["reason"]
        == "Accept version must be either version 9 or 8, but found 7. Accept=application/vnd.elasticsearch+json; compatible-with=7")
  }

  @Test func textStaysText() async throws {
    let response = await (try service()).respond(to: EndpointRequest(.get, "/_text", parameters: ["pretty": ""]))
    #expect(response.headers["Content-Type"] == "text/plain")
    #expect(try await text(response) == "text")
  }

  @Test func prettyAndFilterPathReachEncodedJSONToo() async throws {
    let response = await (try service()).respond(to: EndpointRequest(.get, "/_encoded", parameters: ["pretty": "", "filter_path": "b"]))
    #expect(try await text(response) == "{\n  \"b\" : 2\n}\n")
  }

  @Test func headHasTheHeadersAndNoBody() async throws {
    let response = await (try service()).respond(to: EndpointRequest(.head, "/_echo"))
    #expect(response.status == 200)
    #expect(response.headers["Content-Type"] == "application/json")
    #expect(try await response.collectBody().isEmpty)
  }

  @Test func theOpaqueIDComesBackWithErrorsToo() async throws {
    for path in ["/_echo", "/_nothing"] {
      var request = EndpointRequest(.get, path)
      request.headers["X-Opaque-Id"] = "mine"
      #expect(await (try service()).respond(to: request).headers["X-Opaque-Id"] == "mine")
    }
  }

  @Test func aFaultOfOurOwnNamesNoInternals() async throws {
    let response = await (try service()).respond(to: EndpointRequest(.get, "/_fault"))
    #expect(response.status == 500)
    #expect(try await response.json()["error"]?["type"] == "exception")
  }

  @Test func withSecurityOnEveryRequestIsAuthenticated() async throws {
    let service = try await service(isSecured: true)
    let refused = await service.respond(to: EndpointRequest(.get, "/_nothing"))
    #expect(refused.status == 401)
    #expect(refused.headers["WWW-Authenticate"] == "ApiKey")
    #expect(refused.headers["X-elastic-product"] == nil)
    var request = EndpointRequest(.get, "/_who")
    request.headers["Authorization"] = "alice"
    #expect(try await service.respond(to: request).json()["user"] == "alice")
  }

  @Test func whatDoesNotFitIsRefusedAtComposition() async throws {
    var routes = ServiceBuilder(taskStore: TransientTaskStore())
    routes.add(endpoints: Echo())
    routes.add(endpoints: Echo())
    await #expect(throws: CompositionError("two routes answer [GET /_echo]")) { try await routes.build() }
    var languages = ServiceBuilder(taskStore: TransientTaskStore())
    languages.add(ToyLanguage())
    languages.add(ToyLanguage())
    await #expect(throws: CompositionError("two languages are named [toy]")) { try await languages.build() }
  }
}
