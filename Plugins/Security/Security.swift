#if Security
import Meanwhile

/// Security as the server ships it: users and roles from files, API keys, opaque tokens, and tokens of another issuer (JWT).
///
/// ```swift
/// let security = try await Security(opening: FileCredentialStore("security"))
/// builder.secure(with: security, authorizer: security, auditor: SecurityAuditLog { print($0) })
/// builder.add(endpoints: SecurityEndpoints(security))
/// ```
///
/// What is in its folder:
///
/// | File | Has | Written by |
/// | --- | --- | --- |
/// | `users.json` | names, hashed passwords, roles | `meanwhile users` |
/// | `roles.json` | what each role may do, in Elasticsearch's form | whoever runs the server |
/// | `jwt.json`, `jwks.json` | the issuer of tokens that are taken, and its public keys | whoever runs the server |
/// | `api_keys.json`, `tokens.json` | what the server issued, hashed | the server |
///
/// The first three are read again when they have changed, within about a second or at ``reload()``; a change that cannot be read leaves what was there in force.
public final class Security: Authenticator, Authorizer, Sendable {
  let environment: Environment
  let files: SecurityFiles
  let passwords: PasswordChecker
  let keys: APIKeyRing
  let tokens: TokenVault

  /// - Parameters:
  ///   - warn: is told of what an operator should know and the server can live with: one line a call, with no secret in it.
  /// - Throws: ``SecurityError`` where a file is not what it should be.
  public init(
    opening store: any CredentialStore, environment: Environment = Environment(), warn: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws {
    self.environment = environment
    files = try await SecurityFiles(store, environment: environment, warn: warn)
    passwords = PasswordChecker(environment: environment)
    keys = try APIKeyRing(store, environment: environment)
    tokens = try TokenVault(store, environment: environment)
    if await files.current().users.isEmpty { warn("there are no users yet: add one with [meanwhile users add NAME --role superuser]") }
  }

  /// Looks at once whether the files have changed.
  public func reload() async { await files.reload() }

  // MARK: Who asks

  public func authenticate(_ request: EndpointRequest) async throws -> Principal {
    let principal: Principal
    switch try Credentials(of: request) {
    case .none: throw APIError.missingCredentials(for: request)
    case .basic(let username, let password): principal = try await user(username, password, request)
    case .apiKey(let id, let secret): principal = try await keys.principal(id: id, secret: secret)
    case .bearer(let token): principal = try await bearer(of: token)
    }
    if let other = request.headers["es-security-runas-user"] {
      throw APIError(
        type: APIError.securityType, reason: "user [\(principal.username)] is not authorized to run as [\(other)]", status: 403)
    }
    return principal
  }

  /// Checks a name and a password.
  func user(_ username: String, _ password: String, _ request: EndpointRequest) async throws -> Principal {
    let user = await files.current().users[username]
    let isRight = try await passwords.check(password, of: username, against: user?.passwordHash)
    guard let user, isRight, user.isEnabled else { throw APIError.wrongPassword(of: username, for: request) }
    return user.principal
  }

  private func bearer(of token: String) async throws -> Principal {
    if token.utf8.contains(UInt8(ascii: ".")) {
      guard let realm = await files.current().jwt else { throw APIError.invalidToken("this server takes no JSON web tokens") }
      return try await realm.principal(of: token, now: environment.time.now())
    }
    let username = try await tokens.username(of: token)
    guard let user = await files.current().users[username], user.isEnabled else { throw APIError.invalidToken(nil) }
    return user.principal
  }

  // MARK: What they may do

  public func permissions(of principal: Principal) async throws -> any Permissions {
    if let id = principal.apiKeyID { return try await keys.permissions(of: id) }
    return await rolePermissions(of: principal)
  }

  /// By the roles that a user has now, in the file, or according to the token's issuer.
  func rolePermissions(of principal: Principal) async -> RolePermissions {
    let current = await files.current()
    let assigned = principal.realm == User.realm ? current.users[principal.username]?.roles ?? [] : principal.roles
    return RolePermissions(of: principal.username, assigned: assigned, known: current.roles)
  }
}
#endif
