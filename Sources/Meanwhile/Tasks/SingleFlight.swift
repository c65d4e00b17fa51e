import Synchronization

/// The runs that are shared at the moment, by what they have in common.
final class SingleFlight: Sendable {
  /// What two queries have in common that may share a run.
  struct Key: Sendable, Hashable {
    var language: String
    /// ``Principal/owner``.
    var owner: String?
    /// See ``QueryLanguage/flightKey(of:_:)``.
    var query: String
  }

  private let runs = Mutex<[Key: SharedRun]>([:])

  /// How many runs there are to join.
  var count: Int { runs.withLock { $0.count } }

  /// The work of a task that joins the run that goes on for its key, or begins it.
  ///
  /// - Parameter memory: the budget of the run, if it begins.
  func work(
    _ key: Key, memory: MemoryBudget, _ work: @escaping TaskSubmission.Work
  ) -> TaskSubmission.Work {
    { context in
      let (run, token, isNew) = self.enter(key) {
        SharedRun(QueryContext(taskID: context.taskID, session: context.session, memory: memory))
      }
      if isNew {
        run.attach(
          context.session.service.environment.spawner.spawnRun {
            await run.perform(work)
            self.leave(key, run)
          })
      }
      return try await run.follow(as: token, in: context)
    }
  }

  private func enter(_ key: Key, _ make: () -> SharedRun) -> (SharedRun, SharedRun.Token, isNew: Bool) {
    runs.withLock { runs in
      if let run = runs[key], let token = run.join() { return (run, token, false) }
      let run = make()
      runs[key] = run
      return (run, run.join() ?? 0, true)
    }
  }

  private func leave(_ key: Key, _ run: SharedRun) {
    runs.withLock { if $0[key] === run { $0[key] = nil } }
  }
}
