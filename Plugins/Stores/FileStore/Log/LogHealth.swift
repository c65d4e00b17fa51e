import Meanwhile
import Synchronization

/// Whether a log takes entries; shared with those who must know before they change anything.
final class LogHealth: Sendable {
  private struct State {
    /// For good: a sync failed, or the log is closed.
    var failure: APIError?
    /// Until what was refused is durable some other way.
    var refusal: APIError?
    var refusedCount = 0
  }

  private let state = Mutex(State())

  /// - Throws: when the log has failed for good.
  func requireSound() throws(APIError) {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  /// - Throws: when the log takes no entries; counts the refusal.
  func requireAccepting() throws(APIError) {
    let error = state.withLock { state -> APIError? in
      if state.refusal != nil { state.refusedCount += 1 }
      return state.failure ?? state.refusal
    }
    if let error { throw error }
  }

  /// Why entries are refused for the time being; nil where they are not.
  var refusal: APIError? { state.withLock { $0.refusal } }

  /// How many blocks were refused so far.
  var refusedCount: Int { state.withLock { $0.refusedCount } }

  func refuse(_ reason: APIError) {
    state.withLock { state in
      state.refusal = state.refusal ?? reason
      state.refusedCount += 1
    }
  }

  /// Takes entries again, unless more were refused since a count was taken.
  func acceptAgain(after refusedCount: Int) {
    state.withLock { if $0.refusedCount == refusedCount { $0.refusal = nil } }
  }

  func poison(_ error: FileSystemError) -> APIError {
    let poisoned = APIError(
      type: "translog_corrupted_exception",
      reason: "the log cannot be written any more since a sync failed: \(error); restart the server once the disk is well", status: 500)
    state.withLock { $0.failure = $0.failure ?? poisoned }
    return poisoned
  }

  func close() {
    state.withLock { $0.failure = $0.failure ?? .internalFailure("the store is closed") }
  }
}
