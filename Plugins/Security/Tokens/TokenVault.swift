#if Security
import Meanwhile

/// Opaque tokens that the server has issued: each stands for a user for a while, and may be exchanged once for another. Kept are their digests.
actor TokenVault {
  static let file = "tokens.json"
  /// As in Elasticsearch.
  static let lifetime = TimeValue.minutes(20)
  static let refreshLifetime = TimeValue.hours(24)
  private static let tokensMax = 10_000

  /// What is kept of a token.
  private struct Entry {
    var username: String
    var created: Timestamp
    var isInvalidated = false
    /// Of the token that it may be exchanged with.
    var refresh: SecretDigest?
    var isRefreshed = false

    var expires: Timestamp { created.advanced(by: TokenVault.lifetime) }
    /// When nothing can be done with it any more.
    var ends: Timestamp { refresh == nil ? expires : created.advanced(by: TokenVault.refreshLifetime) }
  }

  /// A token as its holder gets it.
  struct Issued: Sendable {
    var access: String
    var refresh: String?
  }

  private let environment: Environment
  /// By the access token's digest.
  private var entries: [SecretDigest: Entry] = [:]
  /// The access token's digest by the refresh token's.
  private var refreshes: [SecretDigest: SecretDigest] = [:]
  private var writer: DocumentWriter

  /// - Throws: ``SecurityError`` where the file is not what was written.
  init(_ store: any CredentialStore, environment: Environment) throws {
    self.environment = environment
    writer = DocumentWriter(Self.file, in: store, environment: environment)
    guard let bytes = try store.read(Self.file) else { return }
    guard let items = try? JSONValue.parse(bytes)["tokens"]?.array else { throw SecurityError("[\(Self.file)] is damaged") }
    for item in items {
      guard let digest = item["digest"]?.string.flatMap(SecretDigest.init(hexadecimal:)), let username = item["username"]?.string,
        let created = item["created"]?.int
      else { throw SecurityError("[\(Self.file)] has a token that is not whole") }
      let entry = Entry(
        username: username, created: Timestamp(milliseconds: created), isInvalidated: item["invalidated"]?.bool ?? false,
        refresh: item["refresh"]?.string.flatMap(SecretDigest.init(hexadecimal:)), isRefreshed: item["refreshed"]?.bool ?? false)
      entries[digest] = entry
      if let refresh = entry.refresh { refreshes[refresh] = digest }
    }
  }

  // MARK: Using

  /// Whom a token stands for.
  ///
  /// - Throws: a 401 in Elasticsearch's words.
  func username(of token: String) throws(APIError) -> String {
    guard let entry = entries[SecretDigest(of: token)], !entry.isInvalidated else { throw .invalidToken(nil) }
    guard entry.expires > environment.time.now() else { throw .expiredToken }
    return entry.username
  }

  // MARK: Issuing

  /// - Parameter isRefreshable: whether it comes with a second token, to be exchanged for another.
  func issue(to username: String, isRefreshable: Bool) async throws -> Issued {
    forgetOld()
    guard entries.count < Self.tokensMax else {
      throw APIError(
        type: "illegal_state_exception", reason: "there are [\(entries.count)] tokens, which is the most there may be", status: 429)
    }
    let issued = Issued(
      access: SecretDigest.newSecret(environment.random, words: 2),
      refresh: isRefreshable ? SecretDigest.newSecret(environment.random, words: 2) : nil)
    let digest = SecretDigest(of: issued.access)
    var entry = Entry(username: username, created: environment.time.now())
    if let refresh = issued.refresh {
      let refreshDigest = SecretDigest(of: refresh)
      entry.refresh = refreshDigest
      refreshes[refreshDigest] = digest
    }
    entries[digest] = entry
    do {
      try await persist().value
    } catch {
      remove(digest)
      throw error
    }
    return issued
  }

  /// Exchanges a refresh token, which is good once, for a new pair.
  ///
  /// - Returns: whom the new token stands for, with the token.
  /// - Throws: `invalid_grant` (400).
  func exchange(_ refresh: String) async throws -> (username: String, token: Issued) {
    guard let digest = refreshes[SecretDigest(of: refresh)], let entry = entries[digest] else {
      throw Self.invalidGrant("could not refresh the requested token")
    }
    guard !entry.isRefreshed else { throw Self.invalidGrant("token has already been refreshed") }
    guard !entry.isInvalidated else { throw Self.invalidGrant("token has been invalidated") }
    guard entry.ends > environment.time.now() else { throw Self.invalidGrant("refresh token is expired") }
    entries[digest]?.isRefreshed = true
    return (entry.username, try await issue(to: entry.username, isRefreshable: true))
  }

  // MARK: Invalidating

  /// Which tokens are meant.
  enum Selection: Sendable {
    case access(String)
    case refresh(String)
    case user(String)
  }

  /// - Returns: how many were good until now, and how many were invalidated before; nil where there is none.
  func invalidate(_ selection: Selection) async throws -> (now: Int, before: Int)? {
    let chosen = digests(selection)
    guard !chosen.isEmpty else { return nil }
    let good = chosen.filter { entries[$0]?.isInvalidated == false }
    for digest in good { entries[digest]?.isInvalidated = true }
    if !good.isEmpty { try await persist().value }
    return (good.count, chosen.count - good.count)
  }

  private func digests(_ selection: Selection) -> [SecretDigest] {
    switch selection {
    case .access(let token):
      let digest = SecretDigest(of: token)
      return entries[digest] == nil ? [] : [digest]
    case .refresh(let token): return refreshes[SecretDigest(of: token)].map { [$0] } ?? []
    case .user(let username): return entries.filter { $0.value.username == username }.map(\.key)
    }
  }

  // MARK: Keeping

  private func persist() -> Task<Void, any Error> {
    let items = entries.map { digest, entry in
      var object: JSONObject = [
        "digest": .string(digest.hexadecimal), "username": .string(entry.username), "created": .integer(entry.created.milliseconds),
        "invalidated": .bool(entry.isInvalidated), "refreshed": .bool(entry.isRefreshed),
      ]
      object["refresh"] = entry.refresh.map { .string($0.hexadecimal) }
      return JSONValue.object(object)
    }
    return writer.write(.object(["tokens": .array(items)]))
  }

  private func forgetOld() {
    let now = environment.time.now()
    for (digest, entry) in entries where entry.ends <= now { remove(digest) }
  }

  private func remove(_ digest: SecretDigest) {
    guard let entry = entries.removeValue(forKey: digest), let refresh = entry.refresh else { return }
    refreshes[refresh] = nil
  }

  private static func invalidGrant(_ description: String) -> APIError {
    OAuthError("invalid_grant", description).error
  }
}
#endif
