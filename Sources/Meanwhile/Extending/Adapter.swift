/// What brings requests to a service and takes responses back: an HTTP server, a command line.
///
/// ``run(_:)`` is called once, after the service has recovered, and returns when the adapter has ended. It must hand every request to
/// ``Service/respond(to:)``, which never throws, and end in order when its task is cancelled: take no new requests, answer those that run, return.
///
/// Shipped implementations: `HTTPAdapter`, `CommandLineAdapter`.
public protocol Adapter: Sendable {
  func run(_ service: Service) async throws
}
