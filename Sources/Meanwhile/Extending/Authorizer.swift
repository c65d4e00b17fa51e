/// Says what a principal may do.
///
/// ``permissions(of:)`` is called once a request, after authentication, and again when a stored request is run again after a restart. What it returns holds for
/// that request and the query that the request starts: a change of roles is in force from the next request on.
///
/// Nothing but the answer decides: routes declare what they take (``RoutePrivilege``), resources are handed out behind a guard
/// (``ServiceBuilder/provide(_:as:guardedBy:)``), and tasks belong to who submitted them.
///
/// Shipped implementation: `Security`, in the plugin of that name.
public protocol Authorizer: Sendable {
  /// - Throws: ``APIError`` (401 or 403) for a principal that there is no longer.
  func permissions(of principal: Principal) async throws -> any Permissions
}

/// What one principal may do. Asked often, so answers come from memory.
public protocol Permissions: Sendable {
  /// Who this is about, as a denial says it: `user [ann] with effective roles [reader]`.
  var holder: String { get }

  func grants(_ privilege: ClusterPrivilege) -> Bool

  /// Whether it grants a privilege on any index at all.
  func grants(_ privilege: IndexPrivilege) -> Bool

  /// Whether it grants a privilege on the index or alias of a name.
  func grants(_ privilege: IndexPrivilege, on name: String) -> Bool
}
