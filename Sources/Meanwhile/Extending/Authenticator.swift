/// Finds out who asks. Called once a request, before it is routed, at the same time as for others.
public protocol Authenticator: Sendable {
  /// - Returns: the principal, never nil: with an authenticator composed in, an unknown caller is an error.
  /// - Throws: ``APIError`` (401 with `WWW-Authenticate`).
  func authenticate(_ request: EndpointRequest) async throws -> Principal
}

/// Decides what a principal may do.
public protocol Authorizer: Sendable {
  /// - Parameters:
  ///   - privilege: such as `cluster:monitor` or `indices:read`.
  ///   - indices: the indices it is about; empty for a cluster privilege.
  /// - Throws: ``APIError`` (403) that names the action and the privileges that would grant it.
  func authorize(_ principal: Principal, privilege: String, indices: [String]) async throws
}
