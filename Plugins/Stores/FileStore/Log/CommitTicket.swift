import Meanwhile
import Synchronization

/// What one who appended to a log awaits: that the entry is durable. Settled once, awaited at most once.
final class CommitTicket: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Void, any Error>)
    case settled(Result<Void, APIError>)
  }

  private let state = Mutex(State.open)

  /// Returns once the entry is durable.
  ///
  /// - Throws: why it is not.
  func value() async throws {
    try await withCheckedThrowingContinuation { continuation in
      let result = state.withLock { state -> Result<Void, APIError>? in
        guard case .settled(let result) = state else {
          state = .awaited(continuation)
          return nil
        }
        return result
      }
      if let result { continuation.resume(with: result.mapError { $0 as any Error }) }
    }
  }

  func settle(_ result: Result<Void, APIError>) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
      defer { state = .settled(result) }
      guard case .awaited(let continuation) = state else { return nil }
      return continuation
    }
    waiter?.resume(with: result.mapError { $0 as any Error })
  }
}
