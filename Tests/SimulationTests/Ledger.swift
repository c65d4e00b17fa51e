import Meanwhile
import Synchronization

/// What clients were told, and what follows from it. Whatever contradicts it is a violation.
final class Ledger: Sendable {
  /// What is known of one submitted query.
  struct Promise: Sendable {
    var query: ScriptedQuery
    /// ``Principal/owner`` of who submitted it.
    var owner: String?
    /// Set once a client was told; from then on the task must answer.
    var id: TaskID?
    /// Every expiry that may hold: more than one while an answer to a new keep-alive is outstanding, or when it failed.
    var expiries: [Expiry] = []
    /// The askings for a new keep-alive that have no answer yet, and whether each is the only one: of several it is not known which came last.
    var keepAlivesAsked: [Int: Bool] = [:]
    var isStopAsked = false
    var isCancelAsked = false
    var isDeletionAsked = false
    /// When somebody was told that it is deleted.
    var deletionAcknowledged: Instant?
    /// What the first client who was shown an outcome saw, and when.
    var outcome: Outcome?
    var outcomeShown: Instant?
    /// When one who may see it was told that there is no such task, and in which life of the server.
    var gone: (life: Int, at: Instant)?
    /// How often the server ended while it was not finished.
    var endingsSeen = 0

    /// Whether it may have expired.
    var mayBeExpired: Bool { expiries.contains(where: \.hasPassed) }
  }

  /// A point in the order of events. An answer may be heard late, so that only an asking that began after an instant must know of it.
  typealias Instant = Int

  struct Expiry: Sendable, Hashable {
    var moment: Timestamp
    var hasPassed: Bool
  }

  struct Outcome: Sendable, Hashable {
    var state: TaskState
    var completed: Timestamp?
    var output: ScriptedOutput?
    var failure: APIError?
  }

  private struct State {
    var promises: [Int: Promise] = [:]
    var violations: [String] = []
    var trace: UInt64 = 0xCBF2_9CE4_8422_2325
    var answers: [String: Int] = [:]
    var now = Timestamp(milliseconds: 0)
    var instant: Instant = 0
    /// The persistent settings that may hold: what was acknowledged last, then what was tried since.
    var settings: [[String: String]] = [[:]]
  }

  private let state = Mutex(State())
  private let isVerbose: Bool

  /// - Parameter isVerbose: whether what happens is printed, line by line.
  init(isVerbose: Bool) { self.isVerbose = isVerbose }

  // MARK: What happened

  /// The first things that went wrong; nothing, if all is well.
  var violations: [String] { state.withLock { $0.violations } }

  /// What happened, as one number: the same seed gives the same.
  var trace: UInt64 { state.withLock { $0.trace } }

  /// How many answers of each kind clients got.
  var answers: [String: Int] { state.withLock { $0.answers } }

  /// Writes down something that happened.
  func note(_ line: String) {
    if isVerbose { print(line) }
    // FNV-1a (Fowler, Noll, Vo).
    state.withLock { state in
      for byte in line.utf8 { state.trace = (state.trace ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
  }

  func violate(_ what: String) {
    note("VIOLATION \(what)")
    state.withLock { $0.violations.append(what) }
  }

  /// Counts an answer.
  func count(_ answer: String) {
    note(answer)
    state.withLock { $0.answers[answer, default: 0] += 1 }
  }

  /// The next instant.
  func tick() -> Instant {
    state.withLock { state in
      state.instant += 1
      return state.instant
    }
  }

  // MARK: Settings

  /// A change is about to be asked for, on top of what holds.
  func trySettings(_ change: [String: String]) {
    state.withLock { state in state.settings += state.settings.map { $0.merging(change) { $1 } } }
  }

  /// The change is acknowledged.
  func keepSettings(_ change: [String: String]) {
    state.withLock { state in
      state.settings = state.settings.filter { held in change.allSatisfy { held[$0.key] == $0.value } }
    }
  }

  /// What a start has found.
  func findSettings(_ found: [String: String]) {
    let isExpected = state.withLock { state in
      defer { state.settings = [found] }
      return state.settings.contains(found)
    }
    if !isExpected { violate("the settings \(found) are not those that were acknowledged") }
    if !found.isEmpty { count("settings survived") }
  }

  // MARK: Promises

  func begin(_ query: ScriptedQuery, owner: String?) {
    state.withLock { $0.promises[query.label] = Promise(query: query, owner: owner) }
  }

  subscript(label: Int) -> Promise? { state.withLock { $0.promises[label] } }

  func change(_ label: Int, _ body: (inout Promise) -> Void) {
    state.withLock { state in
      guard var promise = state.promises[label] else { return }
      body(&promise)
      state.promises[label] = promise
    }
  }

  /// Every task whose id a client was told, in the order of submission.
  var known: [Promise] {
    state.withLock { state in
      state.promises.values.filter { $0.id != nil }.sorted { $0.query.label < $1.query.label }
    }
  }

  /// The time by which tasks expire has moved, which it does only while nothing is ready to run.
  func setNow(_ now: Timestamp) {
    state.withLock { state in
      state.now = now
      for (label, promise) in state.promises {
        for index in promise.expiries.indices where promise.expiries[index].moment <= now {
          state.promises[label]?.expiries[index].hasPassed = true
        }
      }
    }
  }

  func askKeepAlive(_ keepAlive: TimeValue, of label: Int, key: Int) {
    state.withLock { state in
      guard var promise = state.promises[label] else { return }
      let isAlone = promise.keepAlivesAsked.isEmpty
      for other in promise.keepAlivesAsked.keys { promise.keepAlivesAsked[other] = false }
      promise.keepAlivesAsked[key] = isAlone
      promise.expiries.append(Expiry(moment: state.now.advanced(by: keepAlive), hasPassed: false))
      state.promises[label] = promise
    }
  }

  /// The new keep-alive was granted: from now on this expiry holds.
  func settleKeepAlive(of label: Int, key: Int, expires: Timestamp) {
    state.withLock { state in
      guard let isAlone = state.promises[label]?.keepAlivesAsked.removeValue(forKey: key), isAlone else { return }
      state.promises[label]?.expiries = [Expiry(moment: expires, hasPassed: expires <= state.now)]
    }
  }

  /// Whoever asked is gone, or was refused; what was asked for may hold all the same.
  func forgetKeepAlive(of label: Int, key: Int) {
    change(label) { $0.keepAlivesAsked[key] = nil }
  }

  /// The server has ended: whatever was asked of it is answered by nobody.
  func endLife() {
    state.withLock { state in
      for label in state.promises.keys {
        state.promises[label]?.keepAlivesAsked = [:]
        if state.promises[label]?.outcome == nil { state.promises[label]?.endingsSeen += 1 }
      }
    }
  }
}
