#if CLI
import Meanwhile

/// A server behind a URL.
struct RemoteService: ServiceAccess {
  let send: ServerConnector.Send
  /// What the `Authorization` header says; nil for nobody in particular.
  let authorization: String?

  var keepsTasks: Bool { true }

  func open(_ request: EndpointRequest) async throws -> OpenAnswer {
    var request = request
    if let authorization { request.headers["Authorization"] = authorization }
    return OpenAnswer(try await send(request))
  }
}
#endif
