#if Security
import Meanwhile

/// A key that a program authenticates with instead of somebody's password. Of its secret only a digest is kept.
struct APIKey: Sendable {
  var id: String
  var name: String
  var digest: SecretDigest
  /// Who made it.
  var username: String
  var realm: String
  var created: Timestamp
  var expires: Timestamp?
  /// When it was invalidated.
  var invalidated: Timestamp?
  /// What it may do, at most what its maker may; none: all that.
  var roleDescriptors: [String: RoleDescriptor]
  /// What its maker could do when it was made, which the key can do at most.
  var limitedBy: [String: RoleDescriptor]
  var metadata: JSONObject

  func isExpired(at now: Timestamp) -> Bool { expires.map { $0 <= now } ?? false }

  func isActive(at now: Timestamp) -> Bool { invalidated == nil && !isExpired(at: now) }

  var principal: Principal { Principal(username: username, realm: realm, apiKeyID: id) }

  var permissions: RolePermissions {
    let layers = roleDescriptors.isEmpty ? [limitedBy] : [limitedBy, roleDescriptors]
    return RolePermissions(holder: "API key id [\(id)] of user [\(username)]", layers: layers.map { Array($0.values) })
  }

  /// The key as it is listed: nothing of its secret.
  func listed(withLimits: Bool) -> JSONValue {
    var object: JSONObject = [
      "id": .string(id), "name": .string(name), "type": "rest", "creation": .integer(created.milliseconds),
      "invalidated": .bool(invalidated != nil), "username": .string(username), "realm": .string(realm), "realm_type": .string(realm),
      "metadata": .object(metadata), "role_descriptors": Self.json(roleDescriptors),
    ]
    object["expiration"] = expires.map { .integer($0.milliseconds) }
    object["invalidation"] = invalidated.map { .integer($0.milliseconds) }
    if withLimits { object["limited_by"] = [Self.json(limitedBy)] }
    return .object(object)
  }

  static func json(_ descriptors: [String: RoleDescriptor]) -> JSONValue {
    .object(JSONObject(descriptors.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: $0.value.json) }))
  }
}

// MARK: - As it is kept

extension APIKey {
  var stored: JSONValue {
    var object: JSONObject = [
      "id": .string(id), "name": .string(name), "digest": .string(digest.hexadecimal), "username": .string(username),
      "realm": .string(realm), "created": .integer(created.milliseconds), "role_descriptors": Self.json(roleDescriptors),
      "limited_by": Self.json(limitedBy), "metadata": .object(metadata),
    ]
    object["expires"] = expires.map { .integer($0.milliseconds) }
    object["invalidated"] = invalidated.map { .integer($0.milliseconds) }
    return .object(object)
  }

  /// - Throws: ``SecurityError`` where it is not what was kept.
  init(stored json: JSONValue) throws {
    guard let id = json["id"]?.string, let name = json["name"]?.string, let username = json["username"]?.string,
      let realm = json["realm"]?.string, let created = json["created"]?.int,
      let digest = json["digest"]?.string.flatMap(SecretDigest.init(hexadecimal:))
    else { throw SecurityError("[\(APIKeyRing.file)] has a key that is not whole") }
    self.init(
      id: id, name: name, digest: digest, username: username, realm: realm, created: Timestamp(milliseconds: created),
      expires: json["expires"]?.int.map { Timestamp(milliseconds: $0) },
      invalidated: json["invalidated"]?.int.map { Timestamp(milliseconds: $0) },
      roleDescriptors: try Self.descriptors(json["role_descriptors"]), limitedBy: try Self.descriptors(json["limited_by"]),
      metadata: json["metadata"]?.object ?? JSONObject())
  }

  /// Reads role descriptors by name.
  ///
  /// - Throws: `illegal_argument_exception` (400).
  static func descriptors(_ json: JSONValue?) throws(APIError) -> [String: RoleDescriptor] {
    var descriptors: [String: RoleDescriptor] = [:]
    for member in json?.object?.members ?? [] { descriptors[member.name] = try RoleDescriptor(parsing: member.value, named: member.name) }
    return descriptors
  }
}
#endif
