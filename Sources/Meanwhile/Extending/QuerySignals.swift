import Synchronization

/// The two signals that a running query heeds. Both are set once and stay set; reading one is an atomic load.
public final class QuerySignals: Sendable {
  private let cancelled = Atomic(false)
  private let finishEarly = Atomic(false)

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

  public func requestEarlyFinish() { finishEarly.store(true, ordering: .relaxed) }
}
