import Meanwhile

/// Which names of indices and aliases a caller may say.
public struct IndexNameAccess: Sendable {
  private let granted: ResourceAccess?

  init(_ granted: ResourceAccess?) { self.granted = granted }

  /// With security off.
  public static let unrestricted = IndexNameAccess(nil)

  /// Whether the route's privilege is granted on a name.
  public func permits(_ name: String) -> Bool {
    guard let granted else { return true }
    return name != StoredObjects.indexName && granted.permissions.grants(granted.visibility, on: name)
  }

  /// - Throws: ``APIError`` (403) where the route's privilege is not granted on a name, whether there is such an index or not.
  public func require(_ name: String) throws(APIError) {
    guard let granted, !permits(name) else { return }
    throw granted.denial(of: granted.visibility, on: name)
  }

  /// - Throws: ``APIError`` (403) where a privilege is not granted on a name.
  public func require(_ privilege: IndexPrivilege, on name: String) throws(APIError) {
    try granted?.require(privilege, on: name)
  }
}
