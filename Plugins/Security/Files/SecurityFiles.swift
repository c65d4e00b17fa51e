#if Security
import Meanwhile

/// Users, roles and the issuer of tokens, as their files have them now: read again when they have changed.
actor SecurityFiles {
  static let usersFile = "users.json"
  static let rolesFile = "roles.json"
  static let issuerFile = "jwt.json"
  static let issuerKeysFile = "jwks.json"

  /// What the files say.
  struct Contents: Sendable {
    var users: [String: User]
    var roles: [String: RoleDescriptor]
    var jwt: JWTRealm?
  }

  /// The files as they were read, to see whether they have changed.
  private typealias Documents = [String: [UInt8]]

  private static let checkedEvery: UInt64 = 1_000_000_000

  private let store: any CredentialStore
  private let environment: Environment
  private let warn: @Sendable (String) -> Void
  private var contents: Contents
  private var documents: Documents
  private var checked: UInt64

  /// - Throws: ``SecurityError`` where a file is not what it should be.
  init(_ store: any CredentialStore, environment: Environment, warn: @escaping @Sendable (String) -> Void) async throws {
    self.store = store
    self.environment = environment
    self.warn = warn
    documents = try Self.read(store)
    contents = try await Self.contents(documents)
    checked = environment.time.uptimeNanoseconds()
  }

  func current() async -> Contents {
    let now = environment.time.uptimeNanoseconds()
    guard now &- checked >= Self.checkedEvery else { return contents }
    checked = now
    await reload()
    return contents
  }

  /// Looks whether the files have changed. What cannot be read leaves what was there in force.
  func reload() async {
    let store = store
    do {
      let read = try await environment.onRunThread { try Self.read(store) }
      guard read != documents else { return }
      documents = read
      contents = try await Self.contents(read)
    } catch {
      warn("security's files are not read again: \(error)")
    }
  }

  // MARK: Reading

  static func users(_ store: any CredentialStore) throws -> [String: User] { try users(store.read(usersFile)) }

  static func roles(_ store: any CredentialStore) throws -> [String: RoleDescriptor] { try roles(store.read(rolesFile)) }

  private static func read(_ store: any CredentialStore) throws -> Documents {
    var documents = Documents()
    for name in [usersFile, rolesFile, issuerFile, issuerKeysFile] { documents[name] = try store.read(name) }
    return documents
  }

  private static func contents(_ documents: Documents) async throws -> Contents {
    let issuer = try json(documents[issuerFile], in: issuerFile)
    let keys = documents[issuerKeysFile].map { String(decoding: $0, as: UTF8.self) }
    var jwt: JWTRealm?
    if let issuer { jwt = try await JWTRealm(issuer, keys: keys) }
    return Contents(users: try users(documents[usersFile]), roles: try roles(documents[rolesFile]), jwt: jwt)
  }

  private static func users(_ bytes: [UInt8]?) throws -> [String: User] {
    var users: [String: User] = [:]
    for item in try json(bytes, in: usersFile)?["users"]?.array ?? [] {
      let user = try User(item)
      users[user.username] = user
    }
    return users
  }

  /// The roles of the file, beside those that are always there.
  private static func roles(_ bytes: [UInt8]?) throws -> [String: RoleDescriptor] {
    var roles = RoleDescriptor.builtIn
    for member in try json(bytes, in: rolesFile)?.object?.members ?? [] {
      guard RoleDescriptor.builtIn[member.name] == nil else { throw SecurityError("[\(rolesFile)]: role [\(member.name)] is built in") }
      do {
        roles[member.name] = try RoleDescriptor(parsing: member.value, named: member.name)
      } catch {
        throw SecurityError("[\(rolesFile)]: \(error.reason)")
      }
    }
    return roles
  }

  private static func json(_ bytes: [UInt8]?, in file: String) throws -> JSONValue? {
    guard let bytes else { return nil }
    do {
      return try JSONValue.parse(bytes)
    } catch {
      throw SecurityError("[\(file)] is no JSON: [\(error.location.line):\(error.location.column)] \(error.reason)")
    }
  }
}
#endif
