#if CLI
import Meanwhile

/// An adapter that `serve` can start: a server.
public struct ServingAdapter: Sendable {
  /// Such as `http`.
  public let name: String
  let make: @Sendable (Options, @escaping @Sendable (_ url: String) -> Void) -> any Adapter

  /// What the command line says about where to serve.
  public struct Options: Sendable {
    public var host: String
    /// 0: whichever is free.
    public var port: Int
    /// The certificate and the key to serve with; nil serves without TLS.
    public var tls: (certificatePath: String, keyPath: String)?
  }

  /// - Parameter make: makes the adapter; it must call back with its URL once it can be reached.
  public init(
    _ name: String,
    make: @escaping @Sendable (_ options: Options, _ onListening: @escaping @Sendable (_ url: String) -> Void) -> any Adapter
  ) {
    self.name = name
    self.make = make
  }
}

/// Data to try things out on.
public struct Demo: Sendable {
  let load: @Sendable (Service) async throws -> Void
  let commands: @Sendable (_ url: String) -> [String]

  /// - Parameters:
  ///   - load: fills a service with the data; finds it there the next time.
  ///   - commands: shell commands worth trying, for a server at a URL.
  public init(load: @escaping @Sendable (Service) async throws -> Void, commands: @escaping @Sendable (_ url: String) -> [String]) {
    self.load = load
    self.commands = commands
  }
}
#endif
