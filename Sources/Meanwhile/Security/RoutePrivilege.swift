/// What a route takes of who calls it, and what the call is named in denials and in the audit log. Every route declares one, so that the table of routes by
/// privilege is complete. With security off none of it is looked at.
public struct RoutePrivilege: Sendable, Hashable {
  public enum Scope: Sendable, Hashable {
    /// To be somebody: what the route reaches is the caller's own.
    case authenticated
    /// To be the owner of the task, or to hold a privilege that reaches others' tasks. Whose is not one's own is not found, never forbidden.
    case owner(orHolderOf: ClusterPrivilege?)
    case cluster(ClusterPrivilege)
    /// On every index that the call resolves. Patterns mean only those indices on which the caller has it.
    case index(IndexPrivilege)
  }

  public var scope: Scope
  /// Elasticsearch's name of what is done, such as `indices:data/read/search`.
  public var action: String

  public init(_ scope: Scope, action: String) {
    self.scope = scope
    self.action = action
  }

  public static func authenticated(_ action: String) -> RoutePrivilege { RoutePrivilege(.authenticated, action: action) }

  public static func owner(_ action: String, orHolderOf privilege: ClusterPrivilege? = nil) -> RoutePrivilege {
    RoutePrivilege(.owner(orHolderOf: privilege), action: action)
  }

  public static func cluster(_ privilege: ClusterPrivilege, _ action: String) -> RoutePrivilege {
    RoutePrivilege(.cluster(privilege), action: action)
  }

  public static func index(_ privilege: IndexPrivilege, _ action: String) -> RoutePrivilege {
    RoutePrivilege(.index(privilege), action: action)
  }
}

extension RoutePrivilege {
  /// What it takes, in a few words, for reference pages.
  public var summary: String {
    switch scope {
    case .authenticated: "to be authenticated"
    case .owner(.none): "one's own tasks"
    case .owner(.some(let privilege)): "one's own tasks; others' with cluster \(privilege.rawValue)"
    case .cluster(let privilege): "cluster \(privilege.rawValue)"
    case .index(let privilege): "index \(privilege.rawValue)"
    }
  }

  /// The privilege on indices that a query takes whose route says nothing of one, and that of a query that is run again after a restart.
  static let query = RoutePrivilege.index(.read, "indices:data/read")

  /// Refuses who lacks the privilege: for one on indices, who has it on none, or lacks it on one that the request names outright.
  ///
  /// - Throws: ``APIError`` (403).
  func check(_ permissions: any Permissions, _ request: EndpointRequest) throws(APIError) {
    switch scope {
    case .authenticated, .owner: return
    case .cluster(let privilege):
      guard permissions.grants(privilege) else { throw .unauthorized(permissions, action, grantedBy: privilege) }
    case .index(let privilege):
      guard permissions.grants(privilege) else { throw .unauthorized(permissions, action, grantedBy: privilege) }
      // What may be missing may be forbidden as well: it is left out, not refused.
      guard try request.parameters.bool("ignore_unavailable") != true else { return }
      let denied = Self.names(in: request).filter { !permissions.grants(privilege, on: $0) }
      guard denied.isEmpty else { throw .unauthorized(permissions, action, grantedBy: privilege, on: denied) }
    }
  }

  /// The indices that a request names outright in its path, or where the path has none in the parameter `index`. What patterns mean, and what a body names, is for
  /// the guard of the resource that has them.
  private static func names(in request: EndpointRequest) -> [String] {
    guard let expression = request.pathParameters["index"] ?? request.parameters["index"] else { return [] }
    return expression.split(separator: ",").map(String.init).filter { name in
      name != "_all" && !name.hasPrefix("-") && !name.contains("*") && !name.contains("?")
    }
  }
}

extension APIError {
  /// A 403 in Elasticsearch's words.
  public static func unauthorized(_ permissions: any Permissions, _ action: String, grantedBy privilege: ClusterPrivilege) -> APIError {
    forbidden(permissions, action, "", "cluster", privilege.grantedBy.map(\.rawValue))
  }

  /// - Parameter names: the indices that it is about, where they are known.
  public static func unauthorized(
    _ permissions: any Permissions, _ action: String, grantedBy privilege: IndexPrivilege, on names: [String] = []
  ) -> APIError {
    let place = names.isEmpty ? "" : " on indices [\(names.joined(separator: ","))]"
    return forbidden(permissions, action, place, "index", privilege.grantedBy.map(\.rawValue))
  }

  private static func forbidden(
    _ permissions: any Permissions, _ action: String, _ place: String, _ kind: String, _ privileges: [String]
  ) -> APIError {
    APIError(
      type: securityType,
      reason: "action [\(action)] is unauthorized for \(permissions.holder)\(place), this action is granted by the \(kind) privileges "
        + "[\(privileges.joined(separator: ","))]",
      status: 403)
  }

  /// The type of every error about who asks and what they may do.
  public static let securityType = "security_exception"
}
