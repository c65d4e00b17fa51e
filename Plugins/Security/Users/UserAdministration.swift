#if Security
import Meanwhile

/// Changes the users' file, for the commands that do so. A server that runs on the same folder sees the change within about a second.
public struct UserAdministration: Sendable {
  private let store: any CredentialStore
  private let cost: PasswordHash.Cost

  /// A shorter password is refused, as Elasticsearch does.
  public static let passwordLengthMin = 6

  public init(_ store: any CredentialStore, cost: PasswordHash.Cost = .standard) {
    self.store = store
    self.cost = cost
  }

  /// - Throws: ``SecurityError`` where there is such a user, or the name, the password or a role is none.
  public func add(_ username: String, password: String, roles: [String], fullName: String? = nil) throws {
    try User.check(username: username)
    let hash = try hash(of: password)
    let known = try SecurityFiles.roles(store)
    for role in roles where known[role] == nil {
      throw SecurityError("there is no role [\(role)]; known are [\(known.keys.sorted().joined(separator: ", "))]")
    }
    try change { users in
      guard users[username] == nil else { throw SecurityError("there is a user [\(username)] already") }
      users[username] = User(username: username, passwordHash: hash, roles: roles, fullName: fullName)
    }
  }

  /// - Throws: ``SecurityError`` where there is no such user, or the password is none.
  public func setPassword(_ password: String, of username: String) throws {
    let hash = try hash(of: password)
    try change { users in
      guard users[username] != nil else { throw SecurityError("there is no user [\(username)]") }
      users[username]?.passwordHash = hash
    }
  }

  /// - Throws: ``SecurityError`` where there is no such user.
  public func remove(_ username: String) throws {
    try change { users in
      guard users.removeValue(forKey: username) != nil else { throw SecurityError("there is no user [\(username)]") }
    }
  }

  /// All users, by name.
  public func users() throws -> [User] {
    try SecurityFiles.users(store).values.sorted { $0.username < $1.username }
  }

  private func hash(of password: String) throws -> PasswordHash {
    guard password.count >= Self.passwordLengthMin else {
      throw SecurityError("a password must have at least [\(Self.passwordLengthMin)] characters")
    }
    return try PasswordHash(of: password, cost: cost)
  }

  private func change(_ change: (inout [String: User]) throws -> Void) throws {
    try store.exclusively {
      var users = try SecurityFiles.users(store)
      try change(&users)
      let list = users.values.sorted { $0.username < $1.username }.map(\.json)
      try store.write(JSONValue.object(["users": .array(list)]).encoded(.pretty), as: SecurityFiles.usersFile)
    }
  }
}
#endif
