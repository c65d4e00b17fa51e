#if CLI
import ArgumentParser
import Meanwhile

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "meanwhile",
    abstract: "Submit a query, get on with your work, collect the answer when it is ready.",
    version: Service.version,
    subcommands: [
      ServeCommand.self, ESQLCommand.self, EQLCommand.self, SearchCommand.self, ImportCommand.self, ExportCommand.self,
      TasksCommand.self, UsersCommand.self,
    ])
}
#endif
