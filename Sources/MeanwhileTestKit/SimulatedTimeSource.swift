import Meanwhile
import Synchronization

/// Time that stands still until a test moves it. Sleepers wake in the order of their deadlines as time passes them.
public final class SimulatedTimeSource: TimeSource {
  private struct Sleeper {
    var deadline: UInt64
    var continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var wallNanoseconds: Int64
    var uptime: UInt64 = 0
    var sleepers: [UInt64: Sleeper] = [:]
    var cancelledEarly: Set<UInt64> = []
    var nextKey: UInt64 = 0
    var hasEnded = false
  }

  private let state: Mutex<State>

  public init(start: Timestamp = Timestamp(milliseconds: 1_700_000_000_000)) {
    state = Mutex(State(wallNanoseconds: start.milliseconds * 1_000_000))
  }

  public func now() -> Timestamp { state.withLock { Timestamp(milliseconds: $0.wallNanoseconds / 1_000_000) } }

  public func uptimeNanoseconds() -> UInt64 { state.withLock { $0.uptime } }

  /// How many sleep.
  public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

  public func sleep(for duration: TimeValue) async throws {
    let key = state.withLock { state in
      state.nextKey += 1
      return state.nextKey
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let outcome: Result<Void, any Error>? = state.withLock { state in
          if state.cancelledEarly.remove(key) != nil || state.hasEnded { return .failure(CancellationError()) }
          guard duration > .zero else { return .success(()) }
          state.sleepers[key] = Sleeper(deadline: state.uptime + UInt64(duration.nanoseconds), continuation: continuation)
          return nil
        }
        if let outcome { continuation.resume(with: outcome) }
      }
    } onCancel: {
      let sleeper = state.withLock { state -> Sleeper? in
        let sleeper = state.sleepers.removeValue(forKey: key)
        if sleeper == nil { state.cancelledEarly.insert(key) }
        return sleeper
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Lets time pass, and wakes those whose time has come.
  public func advance(by duration: TimeValue) {
    let woken = state.withLock { state in
      state.uptime += UInt64(max(0, duration.nanoseconds))
      state.wallNanoseconds += duration.nanoseconds
      let due = state.sleepers.filter { $0.value.deadline <= state.uptime }
      for key in due.keys { state.sleepers[key] = nil }
      return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value)
    }
    for sleeper in woken { sleeper.continuation.resume() }
  }

  /// How long until the next sleeper is due; nil while nobody sleeps.
  public var timeUntilNextWaking: TimeValue? {
    state.withLock { state in
      state.sleepers.values.map(\.deadline).min().map { TimeValue(nanoseconds: Int64(clamping: $0 - state.uptime)) }
    }
  }

  /// Ends time, as the end of the process does: whoever sleeps, or would, gets `CancellationError`.
  public func end() {
    let sleepers = state.withLock { state in
      state.hasEnded = true
      defer { state.sleepers = [:] }
      return state.sleepers.sorted { $0.key < $1.key }.map(\.value)
    }
    for sleeper in sleepers { sleeper.continuation.resume(throwing: CancellationError()) }
  }

  /// Sets the wall clock, forward or back, as an administrator might. Sleepers do not notice.
  public func setWallClock(to moment: Timestamp) {
    state.withLock { $0.wallNanoseconds = moment.milliseconds * 1_000_000 }
  }
}
