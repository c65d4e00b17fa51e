#if CLI
import ArgumentParser
import Meanwhile

extension TasksCommand {
  struct Watch: ProgramCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows how far a task is, until it ends.", discussion: TaskWatch.exitCodes)

    @Argument(help: "The task's id, as it was given at submit, or as node:number.")
    var id: String

    @OptionGroup var service: ServiceOptions

    func run(in program: Program) async throws {
      try await service.withService(of: program) { service in
        let watch = TaskWatch(service: service, path: try await TaskSummary.find(id, in: service).path())
        guard let outcome = try await watch.run(on: WatchDisplay(.output)) else { throw TaskWatch.interrupted }
        Terminal.write(output: outcome.text + "\n")
        guard outcome == .completed else { throw ExitCode(outcome.exitStatus) }
      }
    }
  }
}

extension TaskWatch.Outcome {
  /// One line.
  var text: String {
    switch self {
    case .completed: "completed"
    case .failed(let reason): "failed: \(reason)"
    case .stopped: "stopped early, with a partial result"
    case .gone(let reason): reason
    }
  }
}
#endif
