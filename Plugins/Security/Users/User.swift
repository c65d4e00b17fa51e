#if Security
import Meanwhile

/// Somebody with a password, as the users' file has them.
public struct User: Sendable, Hashable {
  public var username: String
  public var passwordHash: PasswordHash
  public var roles: [String]
  public var fullName: String?
  public var isEnabled: Bool

  public init(username: String, passwordHash: PasswordHash, roles: [String], fullName: String? = nil, isEnabled: Bool = true) {
    self.username = username
    self.passwordHash = passwordHash
    self.roles = roles
    self.fullName = fullName
    self.isEnabled = isEnabled
  }

  /// The realm of users of the file: its name, and its type.
  static let realm = "file"

  var principal: Principal { Principal(username: username, realm: Self.realm, roles: roles) }

  /// Elasticsearch's rule for names, less those that the server gives itself.
  ///
  /// - Throws: ``SecurityError`` with the rule.
  static func check(username: String) throws {
    let isPlain = username.utf8.allSatisfy { 0x20..<0x7F ~= $0 && $0 != UInt8(ascii: ":") }
    guard 1...507 ~= username.utf8.count, isPlain, username.first != " ", username.last != " ", username.first != "_" else {
      throw SecurityError(
        "[\(username)] is no name for a user: 1 to 507 printable ASCII characters without [:], no blank at either end, no [_] at the beginning"
      )
    }
  }
}

extension User {
  /// - Throws: ``SecurityError`` that says which user is wrong, and in what.
  init(_ json: JSONValue) throws {
    guard let username = json["username"]?.string else { throw SecurityError("a user has no [username]") }
    try Self.check(username: username)
    guard let text = json["password_hash"]?.string, let hash = PasswordHash(text) else {
      throw SecurityError("user [\(username)] has no [password_hash] that can be read; set the password anew")
    }
    self.init(
      username: username, passwordHash: hash, roles: json["roles"]?.array?.compactMap(\.string) ?? [], fullName: json["full_name"]?.string,
      isEnabled: json["enabled"]?.bool ?? true)
  }

  var json: JSONValue {
    var object: JSONObject = [
      "username": .string(username), "password_hash": .string(passwordHash.text), "roles": .array(roles.map(JSONValue.string)),
      "enabled": .bool(isEnabled),
    ]
    object["full_name"] = fullName.map(JSONValue.string)
    return .object(object)
  }
}
#endif
