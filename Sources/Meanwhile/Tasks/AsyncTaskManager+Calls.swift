/// What follows from an event and takes time: runs, and calls of the store.
extension AsyncTaskManager {
  struct Call: Sendable {
    enum Kind: Sendable {
      case run(TaskRun)
      case load
      /// With the output that it writes if the run left one.
      case write(TaskMachine.Write, (any QueryOutput)?)
    }

    var number: TaskNumber
    var kind: Kind

    init(_ number: TaskNumber, _ kind: Kind) {
      self.number = number
      self.kind = kind
    }

    /// Whether one who submits a task, or none, may do it himself: a run only if it is his own, and brief.
    func isMade(by own: TaskRun?) -> Bool {
      guard case .run(let run) = kind else { return true }
      return run.isBrief && run === own
    }
  }

  /// Runs, loads or writes.
  ///
  /// - Returns: how it went.
  func make(_ call: Call) async -> TaskMachine.Event {
    let number = call.number
    switch call.kind {
    case .run(let run):
      let outcome = await run.perform()
      return .ended(number, outcome, run.context.progress.reading)
    case .load:
      do {
        return .loaded(number, try await store.load(number))
      } catch {
        return .loadFailed(number, APIError(from: error))
      }
    case .write(let write, let output):
      do {
        switch write {
        case .insert(let record, let withOutput): try await store.insert(record, result: withOutput ? output?.encode() : nil)
        case .replace(let record, let withOutput): try await store.replace(record, result: withOutput ? output?.encode() : nil)
        case .remove: try await store.remove(number)
        }
        return .written(number, failure: nil, usage: try? await store.usage())
      } catch {
        return .written(number, failure: APIError(from: error))
      }
    }
  }
}
