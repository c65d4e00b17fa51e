#if Security
import Meanwhile

/// Slows down who tries one password after another: from the sixth attempt in a row without success on, attempts on one name come one after another, each later than the
/// one before, up to one in five seconds. Attempts are counted when they begin, so that many at once are no way around.
struct AttemptThrottle {
  static let freeAttempts = 5
  /// Who would have to wait longer is refused.
  static let waitMaxSeconds = 10
  private static let delayMax: UInt64 = 5_000_000_000
  private static let delayFirst: UInt64 = 100_000_000
  /// A name that nobody has tried for so long begins anew.
  private static let forgottenAfter: UInt64 = 15 * 60 * 1_000_000_000
  private static let namesMax = 10_000

  private struct Attempts {
    var count = 0
    /// When the next attempt may be made, by the clock that never goes back.
    var next: UInt64 = 0
    var last: UInt64 = 0
  }

  private var byName: [String: Attempts] = [:]

  /// An attempt begins.
  ///
  /// - Returns: how long it has to wait; nil where that is too long.
  mutating func begin(_ name: String, now: UInt64) -> TimeValue? {
    makeRoom(now: now)
    var attempts = byName[name] ?? Attempts()
    if attempts.last &+ Self.forgottenAfter < now { attempts = Attempts() }
    attempts.last = now
    let due = max(now, attempts.next)
    guard due - now <= UInt64(Self.waitMaxSeconds) * 1_000_000_000 else {
      byName[name] = attempts
      return nil
    }
    attempts.count = min(attempts.count + 1, 64)
    let extra = attempts.count - Self.freeAttempts
    if extra >= 0 { attempts.next = due + min(Self.delayMax, Self.delayFirst << UInt64(min(extra, 8))) }
    byName[name] = attempts
    return TimeValue(nanoseconds: Int64(clamping: due - now))
  }

  mutating func succeeded(_ name: String) { byName[name] = nil }

  private mutating func makeRoom(now: UInt64) {
    guard byName.count >= Self.namesMax else { return }
    byName = byName.filter { $0.value.last &+ Self.forgottenAfter >= now }
    // Of so many names, those with the fewest attempts are let go.
    if byName.count >= Self.namesMax { byName = byName.filter { $0.value.count > Self.freeAttempts } }
    if byName.count >= Self.namesMax { byName.removeAll() }
  }
}
#endif
