/// What a resource's guard goes by: who asks may do this, by a route that takes that.
public struct ResourceAccess: Sendable {
  public let permissions: any Permissions
  public let privilege: RoutePrivilege

  public init(permissions: any Permissions, privilege: RoutePrivilege) {
    self.permissions = permissions
    self.privilege = privilege
  }

  /// The privilege that an index must be granted with to be seen at all: the route's, or for a route that takes none on indices, reading.
  public var visibility: IndexPrivilege {
    if case .index(let privilege) = privilege.scope { privilege } else { .read }
  }

  /// - Throws: ``APIError`` (403).
  public func require(_ privilege: IndexPrivilege, on name: String) throws(APIError) {
    guard permissions.grants(privilege, on: name) else { throw denial(of: privilege, on: name) }
  }

  public func denial(of privilege: IndexPrivilege, on name: String) -> APIError {
    .unauthorized(permissions, self.privilege.action, grantedBy: privilege, on: [name])
  }
}
