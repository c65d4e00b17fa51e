extension Service {
  /// Answers a request. Never throws: an error is a response too.
  public func respond(to request: EndpointRequest) async -> EndpointResponse {
    let presentation = Presentation(of: request, among: formats)
    let started = environment.time.uptimeNanoseconds()
    var response: EndpointResponse
    var request = request
    do {
      response = try await answer(&request, presentation)
      response.headers.addTiming("total", nanoseconds: environment.time.uptimeNanoseconds() - started)
    } catch let failure as RoutingFailure {
      response = failure.response
    } catch {
      let error = APIError(from: error)
      if error.type == APIError.securityType { audit(error, request) }
      // An error does not say how long it took: what is not there and what is another's must look the same.
      response = EndpointResponse(error, isTraced: presentation.tracesErrors)
    }
    return finish(response, to: request, presentation)
  }

  /// The way in: who asks, for what, and whether the request is one that the route takes.
  private func answer(_ request: inout EndpointRequest, _ presentation: Presentation) async throws -> EndpointResponse {
    if let authenticator, request.principal == nil { request.principal = try await authenticator.authenticate(request) }
    let match: Router.Match
    do {
      match = try router.match(request.method, request.path)
    } catch {
      return try answer(missed: error, request)
    }
    request.pathParameters = match.pathParameters
    let route = match.route
    try checkParameters(of: request, on: route)
    try presentation.check()
    let hasBody = try await checkBody(of: &request, on: route)
    try MediaTypes.check(request, hasBody: hasBody)
    let session = try await Session(service: self, authorizing: request.principal, for: route.privilege)
    if let permissions = session.permissions { try route.privilege.check(permissions, request) }
    if hasBody { try await decodeBody(of: &request, on: route) }
    return try await route.handler(presentation.hidden(from: request), session)
  }

  /// Tells the auditor of a refusal. What a client writes into a query string is nothing for a log.
  private func audit(_ error: APIError, _ request: EndpointRequest) {
    guard let auditor, error.status == 401 || error.status == 403 else { return }
    let query = request.parameters.queryString
    auditor.record(
      Denial(
        at: environment.time.now(), method: request.method, path: request.path, status: error.status, principal: request.principal,
        clientAddress: request.clientAddress, reason: query.isEmpty ? error.reason : error.reason.replacing("?" + query, with: ""),
        opaqueID: request.headers["X-Opaque-Id"]))
  }

  /// A body in another format becomes JSON, which is all that handlers read.
  private func decodeBody(of request: inout EndpointRequest, on route: Route) async throws {
    guard let type = request.headers["Content-Type"].flatMap({ MediaType($0) }), let format = formats.format(of: type) else { return }
    let bytesMax = configuration.limits.bodyBytesMax
    // No format says in fewer bytes than JSON what is not an attack, or not nearly.
    var json = JSONWriter(bytesMax: bytesMax, depthMax: JSONValue.depthMax)
    let bytes = try await request.body.collect(bytesMax: bytesMax)
    if route.body == .lines { try format.decodeLines(bytes, into: &json) } else { try format.decode(bytes, into: &json) }
    request.body = ChunkStream([json.bytes])
    request.headers["Content-Type"] = "application/json"
  }

  /// The way out: headers, and how what is said in JSON is to look.
  private func finish(_ response: EndpointResponse, to request: EndpointRequest, _ presentation: Presentation) -> EndpointResponse {
    var response = response
    let isJSON = response.headers["Content-Type"].map { $0 == "application/json" } ?? true
    switch response.body {
    case .none: break
    case .json, .bytes, .stream:
      if isJSON {
        response.body = presentation.present(response.body, isError: response.status >= 400)
        response.headers["Content-Type"] = presentation.contentType
      }
    }
    // Official clients refuse to talk to a server that lacks it; Elasticsearch hides it from those it does not know.
    if response.status != 401, response.status != 403 { response.headers["X-elastic-product"] = "Elasticsearch" }
    if response.status == 429 || response.status == 503, response.headers["Retry-After"] == nil { response.headers["Retry-After"] = "1" }
    if let opaqueID = request.headers["X-Opaque-Id"] { response.headers["X-Opaque-Id"] = opaqueID }
    if request.method == .head, case .bytes(let bytes) = response.body {
      response.headers["Content-Length"] = String(bytes.count)
      response.body = .none  // Of a stream, the adapter has to find the length.
    }
    return response
  }
}

// MARK: - What is wrong with a request

extension Service {
  private func answer(missed miss: Router.Miss, _ request: EndpointRequest) throws(RoutingFailure) -> EndpointResponse {
    let query = request.parameters.queryString
    let uri = query.isEmpty ? request.path : request.path + "?" + query
    switch miss {
    case .noSuchPath:
      let reason = "no handler found for uri [\(uri)] and method [\(request.method.rawValue)]"
      throw RoutingFailure(response: .json(["error": .string(reason)], status: 400))
    case .noSuchMethod(let allowed):
      let methods = allowed.map(\.rawValue)
      if request.method == .options { return EndpointResponse(status: 200, headers: ["Allow": methods.joined(separator: ",")]) }
      let reason =
        "Incorrect HTTP method for uri [\(uri)] and method [\(request.method.rawValue)], allowed: [\(methods.joined(separator: ", "))]"
      throw RoutingFailure(
        response: .json(["error": .string(reason), "status": 405], status: 405, headers: ["Allow": methods.joined(separator: ",")]))
    }
  }

  private func checkParameters(of request: EndpointRequest, on route: Route) throws(APIError) {
    guard !request.parameters.pairs.isEmpty else { return }
    let known = Set(route.parameters).union(Route.commonParameters).union(request.pathParameters.keys)
    let unknown = Set(request.parameters.names).subtracting(known).sorted()
    guard !unknown.isEmpty else { return }
    let list = unknown.map { name in
      let suggestions = Suggestions.similar(to: name, among: known)
      switch suggestions.count {
      case 0: return "[\(name)]"
      case 1: return "[\(name)] -> did you mean [\(suggestions[0])]?"
      default: return "[\(name)] -> did you mean any of [\(suggestions.joined(separator: ", "))]?"
      }
    }
    let noun = unknown.count == 1 ? "parameter" : "parameters"
    throw .illegalArgument("request [\(request.path)] contains unrecognized \(noun): \(list.joined(separator: ", "))")
  }

  /// Sees to it that there is a body exactly where the route takes one, of a type that can be read.
  ///
  /// - Returns: whether there is one.
  private func checkBody(of request: inout EndpointRequest, on route: Route) async throws -> Bool {
    var hasBody = try await request.body.peek()
    if !hasBody, route.body != .none, let source = request.parameters["source"] {
      request.body = ChunkStream([Array(source.utf8)])
      request.headers["Content-Type"] = request.parameters["source_content_type"] ?? "application/json"
      hasBody = true
    }
    guard hasBody else {
      if route.body.isRequired {
        throw APIError(type: "parse_exception", reason: "request body is required", status: 400)
      }
      return false
    }
    if route.body == .none {
      throw APIError.illegalArgument("request [\(request.method.rawValue) \(request.path)] does not support having a body")
    }
    let given = request.headers["Content-Type"]
    let type = given.flatMap { MediaType($0) }
    guard let type, MediaTypes.json.contains(type.plainName) || formats.format(of: type) != nil else {
      let reason = given.map { "Content-Type header [\($0)] is not supported" } ?? "Content-Type header is missing"
      throw RoutingFailure(response: .json(["error": .string(reason), "status": 406], status: 406))
    }
    return true
  }
}

/// An error that Elasticsearch answers with a bare text instead of an envelope.
private struct RoutingFailure: Error {
  let response: EndpointResponse
}
