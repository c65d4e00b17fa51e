#if HTTP
import HummingbirdCore
import Logging
import Meanwhile
import NIOCore
import NIOPosix

/// Serves a service over HTTP/1.1, and with TLS over HTTP/2 too, on Hummingbird.
///
/// The way of a request:
///
/// 1. A connection is accepted (``Connection``): it parses HTTP, closes itself when idle, and notices when its client goes.
/// 2. A request becomes an `EndpointRequest` (``RequestTarget``, ``RequestBodyReader``): raw path, decoded parameters, and a body that is read from the
///    socket only as fast as the handler asks for it.
/// 3. `Service.respond(to:)` answers it. There is no other router: which paths exist is the service's to know.
/// 4. The response goes out (``ResponseSender``), made only as fast as the client takes it. Requests of one connection are answered one after another.
///
/// ``run(_:)`` returns when its task is cancelled: connections that are idle are closed at once, those that are being answered have
/// ``Configuration/shutdownGrace`` to end.
public struct HTTPAdapter: Adapter {
  public let configuration: Configuration
  private let onAnswered: @Sendable (Exchange) -> Void
  private let onListening: @Sendable (Listening) -> Void

  /// Where a running adapter can be reached.
  public struct Listening: Sendable, Hashable {
    public var host: String
    /// The port that was bound: the system's choice where the configuration says 0.
    public var port: Int
    /// Whether with TLS.
    public var isSecure = false
    public var url: String {
      let scheme = isSecure ? "https" : "http"
      return host.contains(":") ? "\(scheme)://[\(host)]:\(port)" : "\(scheme)://\(host):\(port)"
    }
  }

  /// A request that was answered.
  public struct Exchange: Sendable, Hashable {
    /// As it was sent.
    public var method: String
    public var status: Int
    /// From the request's head to the end of its response.
    public var elapsed: TimeValue
  }

  /// - Parameters:
  ///   - onListening: called once, when connections are accepted.
  ///   - onAnswered: called after each request, from the task that answered it; must return at once.
  public init(
    configuration: Configuration = Configuration(), onListening: @escaping @Sendable (Listening) -> Void = { _ in },
    onAnswered: @escaping @Sendable (Exchange) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.onAnswered = onAnswered
    self.onListening = onListening
  }

  /// - Throws: ``HTTPAdapterError`` when it cannot listen.
  public func run(_ service: Service) async throws {
    guard configuration.isLoopback || service.isSecured else { throw HTTPAdapterError.notLoopback(host: configuration.host) }
    let connection = Connection(service: service, configuration: configuration, onAnswered: onAnswered)
    guard let tls = configuration.tls else { return try await run(makeServer(connection)) }
    let logger = logger
    let certificates = try CertificateKeeper(tls) { logger.error("\($0)") }
    service.onReload { [weak certificates] in try? await certificates?.refreshOffThePool() }
    let watch = Task { try await certificates.watch() }
    defer { watch.cancel() }
    try await run(makeServer(SecureConnection(plain: connection, certificates: certificates)))
  }

  private func run(_ server: Server<some ServerChildChannel>) async throws {
    // In a task of its own: cancelling this one must end the server in order, and not the requests that it is answering.
    let serving = Task { try await server.run() }
    let grace = configuration.shutdownGrace
    do {
      try await withTaskCancellationHandler {
        try await serving.value
      } onCancel: {
        Task {
          let deadline = Task {
            try await Task.sleep(for: .nanoseconds(grace.nanoseconds))
            serving.cancel()
          }
          try? await server.shutdownGracefully()
          deadline.cancel()
        }
      }
    } catch let error as IOError {
      throw HTTPAdapterError.cannotListen(host: configuration.host, port: configuration.port, problem: error.description)
    } catch  where Task.isCancelled {
      return  // Told to end before it had begun to listen.
    }
  }

  private var logger: Logger {
    var logger = Logger(label: "meanwhile.http") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .error
    return logger
  }

  private func makeServer<Channel: ServerChildChannel>(_ channel: Channel) -> Server<Channel> {
    let (host, isSecure) = (configuration.host, configuration.tls != nil)
    return Server(
      childChannelSetup: channel,
      configuration: ServerConfiguration(
        address: .hostname(host, port: configuration.port),
        availableConnectionsDelegate: MaximumAvailableConnections(configuration.connectionsMax)),
      onServerRunning: { [onListening] channel in
        onListening(Listening(host: host, port: channel.localAddress?.port ?? 0, isSecure: isSecure))
      },
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
      logger: logger)
  }
}
#endif
