/// Who asks: what an `Authenticator` made of a request's credentials. Two requests have the same owner when ``owner`` is equal.
public struct Principal: Sendable, Hashable {
  public var username: String
  /// Where the user is known: `file`, `native`, a token service's name.
  public var realm: String
  public var roles: [String]
  /// Set when the request carried an API key; then the key owns, not the user.
  public var apiKeyID: String?

  public init(username: String, realm: String, roles: [String] = [], apiKeyID: String? = nil) {
    self.username = username
    self.realm = realm
    self.roles = roles
    self.apiKeyID = apiKeyID
  }

  /// The program itself, acting for whoever runs it: commands on a data directory, the demo's data. Nothing is refused to it. No authenticator gives it to a
  /// request that came from outside.
  public static let local = Principal(username: "_local", realm: "_program")

  /// What ownership of a task compares: the key where there is one, else user and realm.
  public var owner: String {
    apiKeyID.map { "key:\($0)" } ?? "user:\(realm)/\(username)"
  }
}
