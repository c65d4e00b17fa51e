import Synchronization

/// One run of a query: what it is given, what it left, and how it is told to end.
final class TaskRun: Sendable {
  let context: QueryContext
  /// It may run in the task of its request: see ``QueryLanguage/isBrief(_:)``.
  let isBrief: Bool
  private let resultLimit: ResultLimit?
  private let work: TaskSubmission.Work
  private let state = Mutex(State())

  private struct State {
    var output: (any QueryOutput)?
    var cancel: Spawner.Cancellation?
  }

  init(
    _ id: TaskID, session: Session, memory: MemoryBudget, isBrief: Bool = false, resultLimit: ResultLimit? = nil,
    work: @escaping TaskSubmission.Work
  ) {
    self.isBrief = isBrief
    self.resultLimit = resultLimit
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
      let isOverlong = resultLimit.map { output.byteCount ?? 0 > $0.bytesMax } ?? false
      return .completed(isPartial: output.isPartial, overlong: isOverlong ? resultLimit?.error : nil)
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
