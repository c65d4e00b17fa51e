extension Service {
  /// Answers a request. Never throws: an error is a response too.
  public func respond(to request: EndpointRequest) async -> EndpointResponse {
    var jsonType = "application/json"
    var response: EndpointResponse
    do {
      response = try await answer(request, jsonType: &jsonType)
      if isRewritten(response, for: request), case .stream(let stream) = response.body {
        response.headers["Content-Type"] = "application/json"
        response.body = .bytes(try await stream.collect(bytesMax: configuration.limits.memoryBytesPerQueryMax))
      }
    } catch {
      response = (error as? RoutingFailure)?.response ?? EndpointResponse(APIError(from: error))
    }
    return finish(response, to: request, jsonType: jsonType)
  }

  /// The way in: who asks, for what, and whether the request is one that the route takes.
  private func answer(_ request: EndpointRequest, jsonType: inout String) async throws -> EndpointResponse {
    var request = request
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
    let hasBody = try await checkBody(of: &request, on: route)
    jsonType = try MediaTypes(of: request, hasBody: hasBody).json
    if let privilege = route.privilege, let authorizer, let principal = request.principal {
      let indices = request.pathParameters["index"]?.split(separator: ",").map(String.init) ?? []
      try await authorizer.authorize(principal, privilege: privilege, indices: indices)
    }
    return try await route.handler(request, Session(service: self, principal: request.principal))
  }

  /// The way out: headers, `filter_path`, and the layout of JSON.
  private func finish(_ response: EndpointResponse, to request: EndpointRequest, jsonType: String) -> EndpointResponse {
    var response = response
    response.body = render(response, to: request)
    switch response.body {
    case .none: break
    case .json, .bytes, .stream:
      let type = response.headers["Content-Type"]
      if type == nil || type == "application/json" { response.headers["Content-Type"] = jsonType }
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

  /// Whether JSON that is encoded already has to be read again, since it is to look different. A stream is collected for it.
  private func isRewritten(_ response: EndpointResponse, for request: EndpointRequest) -> Bool {
    let type = response.headers["Content-Type"]
    guard type == nil || type == "application/json" else { return false }
    let wantsFilter = response.status < 400 && request.parameters["filter_path"]?.isEmpty == false
    return wantsFilter || request.parameters["pretty"].map { $0 != "false" } ?? false
  }

  private func render(_ response: EndpointResponse, to request: EndpointRequest) -> EndpointResponse.Body {
    let isPretty = request.parameters["pretty"].map { $0 != "false" } ?? false
    let filter = response.status < 400 ? request.parameters["filter_path"].flatMap { $0.isEmpty ? nil : FilterPath($0) } : nil
    var value: JSONValue
    switch response.body {
    case .json(let json): value = json
    case .bytes(let bytes):
      guard response.headers["Content-Type"] != nil, isRewritten(response, for: request), let json = try? JSONValue.parse(bytes) else {
        return response.body
      }
      value = json
    case .none, .stream: return response.body
    }
    if let filter { value = filter.apply(to: value) }
    return .bytes(value.encoded(isPretty ? .pretty : .compact) + (isPretty ? [UInt8(ascii: "\n")] : []))
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
    let hasBody = try await request.body.peek()
    guard hasBody else {
      if case .required = route.body, request.parameters["source"] == nil {
        throw APIError(type: "parse_exception", reason: "request body is required", status: 400)
      }
      return false
    }
    if case .none = route.body {
      throw APIError.illegalArgument("request [\(request.method.rawValue) \(request.path)] does not support having a body")
    }
    let given = request.headers["Content-Type"]
    guard let given, MediaTypes.bodies.contains(given) || MediaType(given).map({ MediaTypes.bodies.contains($0.plainName) }) == true else {
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
