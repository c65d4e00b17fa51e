#if CLI
import ArgumentParser
import Meanwhile

struct TasksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tasks", abstract: "Shows and ends asynchronous queries.",
    subcommands: [List.self, Status.self, Watch.self, Get.self, Stop.self, Cancel.self, Delete.self], defaultSubcommand: List.self)

  struct List: ProgramCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the tasks that run or wait, and the finished ones that are kept.")

    @OptionGroup var service: ServiceOptions

    @Option(help: "How to write the list: \(OutputFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = OutputFormat.table

    func run(in program: Program) async throws {
      try await service.withService(of: program) { service in
        let answer = try await service.json(.get, "/_tasks", parameters: ["detailed": "true", "group_by": "none", "kept": "true"])
        guard format != .json else {
          Terminal.write(output: answer.text(.pretty) + "\n")
          return
        }
        let table = ResultTable(tasks: (answer["tasks"]?.array ?? []).map(TaskSummary.init))
        Terminal.write(output: table.rendered(as: format, cellWidthMax: Terminal.isOutputTerminal ? 60 : nil))
      }
    }
  }

  struct Status: ProgramCommand {
    static let configuration = CommandConfiguration(abstract: "Says how far a task is.")

    @Argument(help: "The task's id, as it was given at submit, or as node:number.")
    var id: String

    @OptionGroup var service: ServiceOptions

    func run(in program: Program) async throws {
      try await service.withService(of: program) { service in
        let task = try await TaskSummary.find(id, in: service)
        Terminal.write(output: task.json.text(.pretty) + "\n")
      }
    }
  }

  struct Get: ProgramCommand {
    static let configuration = CommandConfiguration(abstract: "Fetches a task's result; waits for it if the task still runs.")

    @Argument(help: "The task's id, as it was given at submit, or as node:number.")
    var id: String

    @OptionGroup var options: QueryOptions

    func run(in program: Program) async throws {
      try await options.service.withService(of: program) { service in
        let task = try await TaskSummary.find(id, in: service)
        let answer = try await service.answer(EndpointRequest(.get, try task.path(), parameters: ["wait_for_completion_timeout": "1d"]))
        try ResultWriter(format: options.format).write(answer)
      }
    }
  }

  struct Stop: ProgramCommand {
    static let configuration = CommandConfiguration(abstract: "Tells a task to finish early, and shows what it has.")

    @Argument(help: "The task's id, as it was given at submit, or as node:number.")
    var id: String

    @OptionGroup var options: QueryOptions

    func run(in program: Program) async throws {
      try await options.service.withService(of: program) { service in
        let task = try await TaskSummary.find(id, in: service)
        try ResultWriter(format: options.format).write(try await service.answer(EndpointRequest(.post, try task.stopPath())))
      }
    }
  }

  struct Cancel: ProgramCommand {
    static let configuration = CommandConfiguration(
      abstract: "Cancels a task that runs or waits, a synchronous query too; whoever waits for it is told so.")

    @Argument(help: "The task's id, as it was given at submit, or as node:number.")
    var id: String

    @OptionGroup var service: ServiceOptions

    func run(in program: Program) async throws {
      try await service.withService(of: program) { service in
        let task = (try? TaskID(parsing: id))?.task ?? id
        _ = try await service.json(.post, "/_tasks/\(PercentEncoding.encode(task))/_cancel")
        Terminal.write(output: "cancelled\n")
      }
    }
  }

  struct Delete: ProgramCommand {
    static let configuration = CommandConfiguration(abstract: "Cancels a task if it runs, and removes what is kept of it.")

    @Argument(help: "The task's id, as it was given at submit, or as node:number.")
    var id: String

    @OptionGroup var service: ServiceOptions

    func run(in program: Program) async throws {
      try await service.withService(of: program) { service in
        let task = try await TaskSummary.find(id, in: service)
        _ = try await service.json(.delete, try task.path())
        Terminal.write(output: "deleted\n")
      }
    }
  }
}
#endif
