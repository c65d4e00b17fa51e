#if Security
import Meanwhile

/// All API keys. What changes is durable before it is acknowledged.
actor APIKeyRing {
  static let file = "api_keys.json"
  private static let keysMax = 10_000
  /// How long one that is expired or invalidated is still listed.
  private static let keptFor = TimeValue.days(7)

  private let environment: Environment
  private var keys: [String: APIKey]
  private var writer: DocumentWriter

  /// - Throws: ``SecurityError`` where the file is not what was written.
  init(_ store: any CredentialStore, environment: Environment) throws {
    self.environment = environment
    writer = DocumentWriter(Self.file, in: store, environment: environment)
    keys = [:]
    guard let bytes = try store.read(Self.file) else { return }
    guard let items = try? JSONValue.parse(bytes)["api_keys"]?.array else { throw SecurityError("[\(Self.file)] is damaged") }
    for item in items {
      let key = try APIKey(stored: item)
      keys[key.id] = key
    }
  }

  // MARK: Using

  /// - Throws: a 401 in Elasticsearch's words.
  func principal(id: String, secret: String) throws(APIError) -> Principal {
    guard let key = keys[id] else { throw .invalidKey("unable to find apikey with id \(id)") }
    guard key.digest.matches(SecretDigest(of: secret)) else { throw .invalidKey("invalid credentials for API key [\(id)]") }
    if key.invalidated != nil { throw .invalidKey("api key [\(id)] has been invalidated") }
    if key.isExpired(at: environment.time.now()) { throw .invalidKey("api key is expired") }
    return key.principal
  }

  /// - Throws: a 401 where the key is no longer good: a query that waited for a restart is not run for it.
  func permissions(of id: String) throws(APIError) -> RolePermissions {
    guard let key = keys[id], key.isActive(at: environment.time.now()) else { throw .invalidKey("api key [\(id)] is no longer valid") }
    return key.permissions
  }

  func key(_ id: String) -> APIKey? { keys[id] }

  func all() -> [APIKey] { keys.values.sorted { ($0.created, $0.id) < ($1.created, $1.id) } }

  // MARK: Changing

  /// - Parameter make: makes the key of its id and its secret's digest.
  /// - Returns: the key, and its secret, which is not kept.
  func create(_ make: @Sendable (_ id: String, _ digest: SecretDigest) -> APIKey) async throws -> (key: APIKey, secret: String) {
    forgetOld()
    guard keys.count < Self.keysMax else {
      throw APIError(
        type: "illegal_state_exception", reason: "there are [\(keys.count)] API keys, which is the most there may be", status: 429)
    }
    let secret = SecretDigest.newSecret(environment.random, words: 1)
    let key = make(TaskID.randomName(environment.random), SecretDigest(of: secret))
    keys[key.id] = key
    do {
      try await persist().value
    } catch {
      keys[key.id] = nil
      throw error
    }
    return (key, secret)
  }

  /// - Returns: the ids of those that were good until now, and of those that were invalidated before.
  func invalidate(_ ids: [String]) async throws -> (now: [String], before: [String]) {
    let known = ids.compactMap { keys[$0] }
    let before = known.filter { $0.invalidated != nil }.map(\.id)
    let now = known.filter { $0.invalidated == nil }.map(\.id)
    guard !now.isEmpty else { return (now, before) }
    // A key is no good from here on, even if that could not be written.
    for id in now { keys[id]?.invalidated = environment.time.now() }
    try await persist().value
    return (now, before)
  }

  private func persist() -> Task<Void, any Error> {
    writer.write(.object(["api_keys": .array(all().map(\.stored))]))
  }

  private func forgetOld() {
    let now = environment.time.now()
    keys = keys.filter { _, key in
      let end = [key.invalidated, key.expires].compactMap { $0 }.min()
      return end.map { $0.advanced(by: Self.keptFor) > now } ?? true
    }
  }
}
#endif
