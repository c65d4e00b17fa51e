/// Where concurrent work is started. Nothing in the manager starts a task of its own, so that a simulation can own concurrency.
public protocol Spawner: Sendable {
  /// Starts short work of the manager's own: a call of the store, a timer. Returns at once.
  ///
  /// - Returns: what cancels it.
  @discardableResult
  func spawn(_ work: @escaping @Sendable () async -> Void) -> Cancellation

  /// Starts a query's run, which may keep a thread busy for as long as it goes. Returns at once.
  ///
  /// - Returns: what cancels it.
  @discardableResult
  func spawnRun(_ work: @escaping @Sendable () async -> Void) -> Cancellation

  typealias Cancellation = @Sendable () -> Void
}

/// Swift's own tasks; queries on threads of their own.
public struct SystemSpawner: Spawner {
  public init() {}

  @discardableResult
  public func spawn(_ work: @escaping @Sendable () async -> Void) -> Cancellation {
    let task = Task { await work() }
    return { task.cancel() }
  }

  @discardableResult
  public func spawnRun(_ work: @escaping @Sendable () async -> Void) -> Cancellation {
    let task = Task(executorPreference: RunThreads.shared) { await work() }
    return { task.cancel() }
  }
}
