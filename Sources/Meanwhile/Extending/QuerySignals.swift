import Synchronization

/// The two signals that a running query heeds. Both are set once and stay set; reading one is an atomic load.
public final class QuerySignals: Sendable {
  private let cancelled = Atomic(false)
  private let finishEarly = Atomic(false)
  /// Whoever is to be told of an early finish, for a run that waits for something.
  private let listeners = Mutex<[@Sendable () -> Void]>([])

  public init() {}

  /// Stop, and throw away what there is: the task was deleted, cancelled, or has expired.
  public var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  /// Stop reading, and answer with what there is, marked partial: somebody called stop.
  public var shouldFinishEarly: Bool { finishEarly.load(ordering: .relaxed) }

  /// - Throws: `CancellationError` once cancelled.
  public func check() throws {
    if isCancelled { throw CancellationError() }
  }

  public func cancel() { cancelled.store(true, ordering: .relaxed) }

  public func requestEarlyFinish() {
    let told = listeners.withLock { listeners in
      finishEarly.store(true, ordering: .relaxed)
      defer { listeners = [] }
      return listeners
    }
    for listener in told { listener() }
  }

  /// Tells of an early finish once it is asked for; at once where it has been.
  func onEarlyFinish(_ listener: @escaping @Sendable () -> Void) {
    let isAsked = listeners.withLock { listeners in
      if !shouldFinishEarly { listeners.append(listener) }
      return shouldFinishEarly
    }
    if isAsked { listener() }
  }
}
