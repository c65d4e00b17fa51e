#if CLI
import Meanwhile

/// A service that commands send requests to: one in this process, or one behind a URL.
protocol ServiceAccess: Sendable {
  /// Whether tasks outlive the command.
  var keepsTasks: Bool { get }

  /// Sends a request, and gives the beginning of the answer; its body is read as it comes.
  ///
  /// - Throws: ``CommandFailure`` when no answer could be had. An error's answer is an answer.
  func open(_ request: EndpointRequest) async throws -> OpenAnswer
}

/// An answer whose body has not been read.
struct OpenAnswer: Sendable {
  var status: Int
  var headers: Headers
  var body: ChunkStream

  init(_ response: EndpointResponse) {
    status = response.status
    headers = response.headers
    body =
      switch response.body {
      case .none: .empty
      case .bytes(let bytes): ChunkStream([bytes])
      case .json(let value): ChunkStream([value.encoded()])
      case .stream(let stream): stream
      }
  }

  /// The answer with its whole body.
  func whole() async throws -> ServiceAnswer {
    ServiceAnswer(status: status, headers: headers, body: try await body.collect(bytesMax: .max))
  }
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
    if status >= 400 { throw CommandFailure(reported: value, status: status) }
    return value
  }

  /// The answer without what the asynchronous search API puts around a search's response.
  func unwrapped() throws -> ServiceAnswer {
    guard status < 400, let response = try json()["response"] else { return self }
    return ServiceAnswer(status: status, headers: headers, body: response.encoded())
  }
}

extension CommandFailure {
  /// The error that a body reports.
  init(reported body: JSONValue, status: Int) {
    let error = body["error"] ?? .null
    if let text = error.string {
      self.init(text)
    } else if let type = error["type"]?.string {
      self.init("\(type): \(error["reason"]?.string ?? "no reason given")")
    } else {
      self.init("status \(status): \(body.text())")
    }
  }
}

extension ServiceAccess {
  /// Sends a request and reads its answer.
  func answer(_ request: EndpointRequest) async throws -> ServiceAnswer {
    try await open(request).whole()
  }

  /// Sends a request and reads its JSON answer.
  func json(
    _ method: EndpointRequest.Method, _ path: String, parameters: Parameters = Parameters(), body: JSONValue? = nil
  ) async throws -> JSONValue {
    try await answer(EndpointRequest(method, path, parameters: parameters, json: body)).json()
  }
}

struct InProcessService: ServiceAccess {
  private let service: Service
  let keepsTasks: Bool

  /// - Parameter keepsTasks: whether the service's store outlives it.
  init(_ service: Service, keepsTasks: Bool) {
    self.service = service
    self.keepsTasks = keepsTasks
  }

  func open(_ request: EndpointRequest) async throws -> OpenAnswer {
    OpenAnswer(await service.respond(to: request))
  }
}
#endif
