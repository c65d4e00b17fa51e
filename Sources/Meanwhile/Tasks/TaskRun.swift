import Synchronization

/// One run of a query: what it is given, what it left, and how it is told to end.
final class TaskRun: Sendable {
  let context: QueryContext
  private let work: TaskSubmission.Work
  private let state = Mutex(State())

  private struct State {
    var output: (any QueryOutput)?
    var cancel: Spawner.Cancellation?
  }

  init(_ id: TaskID, session: Session, memory: MemoryBudget, work: @escaping TaskSubmission.Work) {
    context = QueryContext(taskID: id, session: session, memory: memory)
    self.work = work
  }

  /// What the run gave; nil before its end, and after a failure.
  var output: (any QueryOutput)? { state.withLock { $0.output } }

  /// Runs the query to its end. Called once.
  func perform() async -> TaskMachine.Outcome {
    defer {
      context.partial.withdraw()
      context.memory.releaseAll()
    }
    do {
      try context.signals.check()
      let output = try await work(context)
      context.progress.finish()
      state.withLock { $0.output = output }
      return .completed(isPartial: output.isPartial)
    } catch {
      return .failed(APIError(from: error))
    }
  }

  /// Remembers what cancels the Swift task that runs it.
  func attach(_ cancel: @escaping Spawner.Cancellation) {
    state.withLock { $0.cancel = cancel }
  }

  func cancel() {
    context.signals.cancel()
    state.withLock { $0.cancel }?()
  }
}
