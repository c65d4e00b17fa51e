#if CLI
import Meanwhile

/// A service that commands send requests to: one in this process, or one behind a URL.
protocol ServiceAccess: Sendable {
  /// - Throws: ``CommandFailure`` when no answer could be had. An error's answer is an answer.
  func answer(_ request: EndpointRequest) async throws -> ServiceAnswer
}

struct ServiceAnswer: Sendable {
  var status: Int
  var headers: Headers
  var body: [UInt8]

  /// The body as JSON.
  ///
  /// - Throws: the error that the service reported, or ``CommandFailure`` for a body that is no JSON.
  func json() throws -> JSONValue {
    guard let value = try? JSONValue.parse(body) else {
      if status >= 400 { throw CommandFailure("the server answered with status \(status)") }
      throw CommandFailure("the server's answer is no JSON")
    }
    if status >= 400 { throw Self.failure(value, status: status) }
    return value
  }

  private static func failure(_ body: JSONValue, status: Int) -> CommandFailure {
    let error = body["error"] ?? .null
    if let text = error.string { return CommandFailure(text) }
    guard let type = error["type"]?.string else { return CommandFailure("status \(status): \(body.text())") }
    return CommandFailure("\(type): \(error["reason"]?.string ?? "no reason given")")
  }
}

extension ServiceAccess {
  /// Sends a request and reads its JSON answer.
  func json(
    _ method: EndpointRequest.Method, _ path: String, parameters: Parameters = Parameters(), body: JSONValue? = nil
  ) async throws -> JSONValue {
    try await answer(EndpointRequest(method, path, parameters: parameters, json: body)).json()
  }
}

struct InProcessService: ServiceAccess {
  private let service: Service

  init(_ service: Service) { self.service = service }

  func answer(_ request: EndpointRequest) async throws -> ServiceAnswer {
    let response = await service.respond(to: request)
    return ServiceAnswer(status: response.status, headers: response.headers, body: try await response.collectBody())
  }
}
#endif
