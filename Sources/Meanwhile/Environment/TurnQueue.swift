import Synchronization

/// Lets one after another do something, in the order in which they came. Waiting takes no thread, as it would with a lock.
package final class TurnQueue: Sendable {
  private struct State {
    var isTaken = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  package init() {}

  /// Runs something when its turn has come. It must not ask for another turn of the same queue.
  package func perform<Result, Failure: Error>(_ body: () async throws(Failure) -> Result) async throws(Failure) -> Result {
    await take()
    defer { pass() }
    return try await body()
  }

  private func take() async {
    let isFree = state.withLock { state in
      defer { state.isTaken = true }
      return !state.isTaken
    }
    guard !isFree else { return }
    await withCheckedContinuation { continuation in
      // It may have been given back just now.
      let isFree = state.withLock { state in
        if state.isTaken { state.waiting.append(continuation) }
        defer { state.isTaken = true }
        return !state.isTaken
      }
      if isFree { continuation.resume() }
    }
  }

  private func pass() {
    let next: CheckedContinuation<Void, Never>? = state.withLock { state in
      state.isTaken = !state.waiting.isEmpty
      return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
    }
    next?.resume()
  }
}
