#if Security
import Crypto
import Foundation
import Meanwhile

/// Checks passwords: slow for who tries many, at once for who was right before.
///
/// A right password is remembered for ``rememberedFor`` as a keyed digest that only this process can make, with the hash that it matched; a password that was changed is
/// checked anew. Identical checks that come together are made once. What is hashed at the same time, and what waits for it, is bounded.
actor PasswordChecker {
  /// As long as Elasticsearch remembers one.
  static let rememberedFor = TimeValue.minutes(20)
  private static let rememberedMax = 10_000
  /// Hashes made at the same time; each takes its memory.
  private static let runningMax = 2
  private static let waitingMax = 64

  private let environment: Environment
  private let key = SymmetricKey(size: .bits256)
  private var remembered: [[UInt8]: Remembered] = [:]
  private var checks: [[UInt8]: Task<Bool, any Error>] = [:]
  private var throttle = AttemptThrottle()
  private var runningCount = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []
  /// What the password of somebody unknown is compared with, so that it takes as long as that of somebody known.
  private var decoy: PasswordHash?

  private struct Remembered {
    var hash: PasswordHash
    var until: UInt64
  }

  init(environment: Environment) { self.environment = environment }

  /// - Parameter hash: nil for a user that there is not, which takes as long to find out as a wrong password.
  /// - Throws: a 429 for one who has tried too often, or where too many wait.
  func check(_ password: String, of username: String, against hash: PasswordHash?) async throws -> Bool {
    let digest = digest(of: username, password)
    if let known = remembered[digest], known.hash == hash, known.until > environment.time.uptimeNanoseconds() { return true }
    if let check = checks[digest] { return try await check.value }
    let check = Task { try await self.hashed(password, of: username, against: hash) }
    checks[digest] = check
    defer { checks[digest] = nil }
    let isRight = try await check.value
    if isRight, let hash { remember(digest, hash) }
    return isRight
  }

  private func hashed(_ password: String, of username: String, against hash: PasswordHash?) async throws -> Bool {
    let wait = throttle.begin(username, now: environment.time.uptimeNanoseconds())
    guard let wait else { throw APIError.tooManyAttempts(retryAfterSeconds: AttemptThrottle.waitMaxSeconds) }
    if wait > .zero { try await environment.time.sleep(for: wait) }
    try await takePlace()
    defer { givePlaceUp() }
    let compared = try hash ?? unknownUsersHash()
    let isRight = try await environment.onRunThread { compared.matches(password) } && hash != nil
    if isRight { throttle.succeeded(username) }
    return isRight
  }

  private func unknownUsersHash() throws -> PasswordHash {
    if let decoy { return decoy }
    let made = try PasswordHash(of: "", cost: .standard, random: environment.random)
    decoy = made
    return made
  }

  private func digest(of username: String, _ password: String) -> [UInt8] {
    // The name's length keeps two pairs with the same letters apart.
    let text = Array("\(username.utf8.count):\(username)\(password)".utf8)
    return Array(HMAC<SHA256>.authenticationCode(for: text, using: key))
  }

  private func remember(_ digest: [UInt8], _ hash: PasswordHash) {
    let now = environment.time.uptimeNanoseconds()
    if remembered.count >= Self.rememberedMax { remembered = remembered.filter { $0.value.until > now } }
    if remembered.count >= Self.rememberedMax { remembered.removeAll() }
    remembered[digest] = Remembered(hash: hash, until: now &+ UInt64(Self.rememberedFor.nanoseconds))
  }

  // MARK: Places

  private func takePlace() async throws {
    guard runningCount >= Self.runningMax else {
      runningCount += 1
      return
    }
    guard waiting.count < Self.waitingMax else { throw APIError.tooManyAttempts(retryAfterSeconds: 1) }
    await withCheckedContinuation { waiting.append($0) }
  }

  /// The place goes to who has waited longest.
  private func givePlaceUp() {
    if waiting.isEmpty { runningCount -= 1 } else { waiting.removeFirst().resume() }
  }
}
#endif
