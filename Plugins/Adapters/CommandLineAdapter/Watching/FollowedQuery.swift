#if CLI
import ArgumentParser
import Meanwhile

/// A query that is submitted, watched, fetched and cleared away: it takes as long as it takes, and whoever interrupts it can come back for it.
struct FollowedQuery: Sendable {
  let service: any ServiceAccess
  /// Submits the query without waiting for it.
  let submission: EndpointRequest
  /// Where the tasks of its language are: `/_query/async`, say.
  let tasks: String
  let format: OutputFormat

  /// How long a submission waits that is followed.
  static let wait = (name: "wait_for_completion_timeout", value: "0s")

  func run() async throws {
    // Before there is a task that an interruption would leave behind without a word.
    let signals = StopSignals.heeded()
    guard let id = try await service.answer(submission).json()["id"]?.string else { throw CommandFailure("the server gave no id") }
    let task = tasks + "/" + PercentEncoding.encode(id)
    guard let outcome = try await TaskWatch(service: service, path: task).run(on: WatchDisplay(.error), until: signals) else {
      if service.keepsTasks { Terminal.write(error: "The query has not ended. Come back for it: meanwhile tasks watch \(id)\n") }
      throw TaskWatch.interrupted
    }
    switch outcome {
    case .completed, .stopped: try ResultWriter(format: format).write(try await service.answer(EndpointRequest(.get, task)).unwrapped())
    case .failed(let reason): Terminal.write(error: "meanwhile: \(reason)\n")
    case .gone(let reason): Terminal.write(error: "meanwhile: the query was \(reason)\n")
    }
    // Its result has been given out, or its failure; there is nothing to come back for.
    _ = try? await service.json(.delete, task)
    guard outcome == .completed else { throw ExitCode(outcome.exitStatus) }
  }
}
#endif
