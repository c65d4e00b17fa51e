#if CLI
import Meanwhile

/// How commands reach a server that runs elsewhere (`--server`), handed in at composition by whoever speaks its protocol.
public struct ServerConnector: Sendable {
  /// Whose word counts when a server says who it is.
  public enum Trust: Sendable, Hashable {
    case system
    /// The authorities of a PEM file.
    case certificates(path: String)
    case anybody
  }

  /// Sends a request; throws where there is no answer.
  public typealias Send = @Sendable (EndpointRequest) async throws -> EndpointResponse

  let connect: @Sendable (_ url: String, _ trust: Trust) throws -> Send

  /// - Parameter connect: makes what sends requests to the server at a URL; throws where that is none.
  public init(_ connect: @escaping @Sendable (_ url: String, _ trust: Trust) throws -> Send) {
    self.connect = connect
  }
}
#endif
