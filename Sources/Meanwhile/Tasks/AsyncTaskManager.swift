/// Runs queries that may outlive the request that started them.
public actor AsyncTaskManager {
  /// The tasks that are queued or running, in the order of their numbers; with `stored`, also the finished ones that are kept.
  public func list(stored: Bool = false) async throws -> [TaskListing] { [] }

  /// Cancels a queued or running task by its number, as `POST /_tasks/{id}/_cancel` does: whoever waits gets `task_cancelled_exception`, and so does
  /// a later get.
  ///
  /// - Returns: whether there was such a task to cancel.
  @discardableResult
  public func cancel(_ number: TaskNumber) async -> Bool { false }
}
