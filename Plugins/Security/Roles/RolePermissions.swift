#if Security
import Meanwhile

/// What somebody may do by roles. An API key may do what both its own roles and those of who made it allow.
struct RolePermissions: Permissions {
  let holder: String
  /// The roles that there are of those assigned.
  let roles: [String: RoleDescriptor]
  /// Each of them has to grant what is asked for.
  private let layers: [Layer]

  /// Of a user.
  init(of username: String, assigned: [String], known: [String: RoleDescriptor]) {
    let found = assigned.filter { known[$0] != nil }
    let missing = assigned.filter { known[$0] == nil }
    var holder = "user [\(username)] with effective roles [\(found.joined(separator: ","))]"
    if !missing.isEmpty { holder += " (assigned roles [\(missing.joined(separator: ","))] were not found)" }
    let roles = Dictionary(found.compactMap { name in known[name].map { (name, $0) } }) { first, _ in first }
    self.init(holder: holder, roles: roles, layers: [Array(roles.values)])
  }

  /// - Parameter layers: each of them has to grant what is asked for.
  init(holder: String, roles: [String: RoleDescriptor] = [:], layers: [[RoleDescriptor]]) {
    self.holder = holder
    self.roles = roles
    self.layers = layers.map(Layer.init)
  }

  func grants(_ privilege: ClusterPrivilege) -> Bool {
    layers.allSatisfy { layer in privilege.grantedBy.contains { layer.cluster.contains($0) } }
  }

  func grants(_ privilege: IndexPrivilege) -> Bool {
    layers.allSatisfy { layer in layer.indices.contains { $0.grants(privilege) } }
  }

  func grants(_ privilege: IndexPrivilege, on name: String) -> Bool {
    layers.allSatisfy { layer in layer.indices.contains { $0.grants(privilege) && $0.covers(name) } }
  }

  /// Some roles, any of which may grant what is asked for.
  private struct Layer: Sendable {
    var cluster: Set<ClusterPrivilege>
    var indices: [Grant]

    init(_ descriptors: [RoleDescriptor]) {
      cluster = Set(descriptors.flatMap(\.cluster))
      indices = descriptors.flatMap(\.indices).map(Grant.init)
    }
  }

  private struct Grant: Sendable {
    private let patterns: [WildcardPattern]
    private let privileges: Set<IndexPrivilege>

    init(_ indices: RoleDescriptor.Indices) {
      patterns = indices.names.map { WildcardPattern($0) }
      privileges = Set(indices.privileges)
    }

    func grants(_ privilege: IndexPrivilege) -> Bool { privilege.grantedBy.contains { privileges.contains($0) } }
    func covers(_ name: String) -> Bool { patterns.contains { $0.matches(name) } }
  }
}
#endif
