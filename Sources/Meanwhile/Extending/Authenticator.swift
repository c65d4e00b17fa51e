/// Finds out who asks.
///
/// ``authenticate(_:)`` is called once a request, before it is routed, at the same time as for others. What it looks at is the request's headers; it must not
/// read the body. It is called for every request, so whatever is slow about checking a credential (a password's hash) must be remembered, and must keep no
/// thread that others need.
///
/// Shipped implementation: `Security`, in the plugin of that name.
public protocol Authenticator: Sendable {
  /// - Returns: the principal, never nil: with an authenticator composed in, an unknown caller is an error.
  /// - Throws: ``APIError`` (401 with `WWW-Authenticate`). Its text names no secret.
  func authenticate(_ request: EndpointRequest) async throws -> Principal
}
