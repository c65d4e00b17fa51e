#if Security
import Meanwhile

/// What a role, or an API key, may do: privileges on the cluster, and on indices by patterns of their names.
public struct RoleDescriptor: Sendable, Hashable {
  /// Privileges on the indices and aliases whose names match one of some patterns, in which `*` stands for any letters.
  public struct Indices: Sendable, Hashable {
    public var names: [String]
    public var privileges: [IndexPrivilege]

    public init(names: [String], privileges: [IndexPrivilege]) {
      self.names = names
      self.privileges = privileges
    }
  }

  public var cluster: [ClusterPrivilege]
  public var indices: [Indices]

  public init(cluster: [ClusterPrivilege] = [], indices: [Indices] = []) {
    self.cluster = cluster
    self.indices = indices
  }

  /// The roles that are always there.
  public static let builtIn: [String: RoleDescriptor] = [
    "superuser": RoleDescriptor(cluster: [.all], indices: [Indices(names: ["*"], privileges: [.all])]),
    "editor": RoleDescriptor(
      cluster: [.monitor],
      indices: [Indices(names: ["*"], privileges: [.read, .write, .createIndex, .viewIndexMetadata, .maintenance, .monitor])]),
    "viewer": RoleDescriptor(cluster: [.monitor], indices: [Indices(names: ["*"], privileges: [.read, .viewIndexMetadata, .monitor])]),
  ]

  var isEmpty: Bool { cluster.isEmpty && indices.isEmpty }
}

// MARK: - As JSON

extension RoleDescriptor {
  /// Members of Elasticsearch's form that may be there as long as they ask for nothing.
  private static let ignoredMembers: Set<String> = ["metadata", "transient_metadata", "description"]
  private static let emptyMembers: Set<String> = [
    "applications", "run_as", "remote_indices", "remote_cluster", "global", "restriction", "workflows",
  ]

  /// Reads Elasticsearch's form.
  ///
  /// - Throws: `illegal_argument_exception` (400) that names the role and what of it cannot be.
  public init(parsing json: JSONValue, named name: String) throws(APIError) {
    guard let object = json.object else { throw .illegalArgument("role [\(name)] must be an object") }
    self.init()
    for member in object.members {
      switch member.name {
      case "cluster": cluster = try Self.texts(member, name).map { text throws(APIError) in try Self.cluster(text) }
      case "indices", "index":
        for item in member.value.array ?? [] { indices.append(try Self.indices(item, name)) }
      case _ where Self.ignoredMembers.contains(member.name): break
      case _ where Self.emptyMembers.contains(member.name):
        guard member.value.isNull || member.value.array?.isEmpty == true || member.value.object?.isEmpty == true else {
          throw .illegalArgument("role [\(name)]: [\(member.name)] is not supported")
        }
      default: throw .illegalArgument("role [\(name)]: unknown member [\(member.name)], expected [cluster] or [indices]")
      }
    }
  }

  private static func indices(_ json: JSONValue, _ role: String) throws(APIError) -> Indices {
    var indices = Indices(names: [], privileges: [])
    for member in json.object?.members ?? [] {
      switch member.name {
      case "names": indices.names = try texts(member, role)
      case "privileges": indices.privileges = try texts(member, role).map { text throws(APIError) in try index(text) }
      case "allow_restricted_indices": break
      case "field_security", "query":
        guard member.value.isNull else {
          throw .illegalArgument("role [\(role)]: [\(member.name)], which shows part of an index, is not supported")
        }
      default: throw .illegalArgument("role [\(role)]: unknown member [\(member.name)] of [indices], expected [names] or [privileges]")
      }
    }
    guard !indices.names.isEmpty, !indices.privileges.isEmpty else {
      throw .illegalArgument("role [\(role)]: each of [indices] must have [names] and [privileges]")
    }
    if let expression = indices.names.first(where: { $0.hasPrefix("/") }) {
      throw .illegalArgument("role [\(role)]: [\(expression)] is a regular expression, which is not supported; use [*]")
    }
    return indices
  }

  /// A list of texts, or one.
  private static func texts(_ member: JSONObject.Member, _ role: String) throws(APIError) -> [String] {
    if let text = member.value.string { return [text] }
    guard let items = member.value.array else { throw .illegalArgument("role [\(role)]: [\(member.name)] must be an array of texts") }
    return try items.map { item throws(APIError) in
      guard let text = item.string else { throw .illegalArgument("role [\(role)]: [\(member.name)] must be an array of texts") }
      return text
    }
  }

  static func cluster(_ text: String) throws(APIError) -> ClusterPrivilege {
    guard let privilege = ClusterPrivilege(rawValue: text) else {
      throw .illegalArgument("unknown cluster privilege [\(text)], expected one of [\(list(ClusterPrivilege.allCases.map(\.rawValue)))]")
    }
    return privilege
  }

  static func index(_ text: String) throws(APIError) -> IndexPrivilege {
    guard let privilege = IndexPrivilege(rawValue: text) else {
      throw .illegalArgument("unknown index privilege [\(text)], expected one of [\(list(IndexPrivilege.allCases.map(\.rawValue)))]")
    }
    return privilege
  }

  private static func list(_ names: [String]) -> String { names.joined(separator: ",") }

  public var json: JSONValue {
    [
      "cluster": .array(cluster.map { .string($0.rawValue) }),
      "indices": .array(
        indices.map { item in
          [
            "names": .array(item.names.map(JSONValue.string)), "privileges": .array(item.privileges.map { .string($0.rawValue) }),
            "allow_restricted_indices": false,
          ]
        }), "applications": [], "run_as": [], "metadata": [:], "transient_metadata": ["enabled": true],
    ]
  }
}
#endif
