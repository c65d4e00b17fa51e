/// A composed service: languages, stores, endpoints and settings, and the one door through which every adapter hands in requests.
public final class Service: Sendable {
  /// What was put in at composition.
  public let resources: Resources

  init(resources: Resources) {
    self.resources = resources
  }

  /// Answers a request. Never throws: an error is a response too.
  public func respond(to request: EndpointRequest) async -> EndpointResponse {
    EndpointResponse(.internalFailure("not composed"))
  }
}
