#if CLI
import ArgumentParser
import Meanwhile

/// The commands of the `meanwhile` program: serve, query, import, manage tasks.
///
/// It names no language, store or server. What it runs on is handed in at composition: a factory that opens a service,
/// and the adapters that `serve` starts. Every other command is a few requests, answered in process or by a server elsewhere.
public struct CommandLineAdapter: Adapter {
  /// Opens a service as a command wants it.
  public typealias ServiceFactory = @Sendable (OpenOptions) async throws -> Service

  private let arguments: [String]
  private let servers: [ServingAdapter]
  private let demo: Demo?
  private let users: UserAdministrator.Factory?
  private let connector: ServerConnector?

  /// - Parameters:
  ///   - arguments: without the program's name.
  ///   - servers: what `serve` starts, all of them.
  ///   - demo: what `serve --demo` loads.
  ///   - users: opens the users of a security directory.
  ///   - connector: reaches a server that runs elsewhere.
  public init(
    arguments: [String], servers: [ServingAdapter] = [], demo: Demo? = nil, users: UserAdministrator.Factory? = nil,
    connector: ServerConnector? = nil
  ) {
    self.connector = connector
    self.users = users
    self.arguments = arguments
    self.servers = servers
    self.demo = demo
  }

  /// Runs the command, on a service that it opens if it needs one.
  ///
  /// - Returns: the exit status. What went wrong has been written to standard error.
  public func run(opening openService: @escaping ServiceFactory) async -> Int32 {
    do {
      try await execute(Program(openService: openService, servers: servers, demo: demo, users: users, connector: connector))
      return 0
    } catch {
      let status = RootCommand.exitCode(for: error).rawValue
      if let failure = CommandFailure(error) {
        Terminal.write(error: "meanwhile: \(failure.description)\n")
        return 1
      }
      let message = RootCommand.fullMessage(for: error)
      if status == 0 { Terminal.write(output: message + "\n") } else if !message.isEmpty { Terminal.write(error: message + "\n") }
      return status
    }
  }

  /// Runs the command on a service that is there already, whatever data directory it names.
  public func run(_ service: Service) async throws {
    try await execute(Program(openService: { _ in service }, servers: servers, demo: demo, users: users, connector: connector))
  }

  private func execute(_ program: Program) async throws {
    var command = try RootCommand.parseAsRoot(arguments)
    guard let own = command as? any ProgramCommand else {
      try command.run()  // Help and version, which are ArgumentParser's.
      return
    }
    try await own.run(in: program)
  }
}

/// What commands are run with.
struct Program: Sendable {
  let openService: CommandLineAdapter.ServiceFactory
  let servers: [ServingAdapter]
  let demo: Demo?
  let users: UserAdministrator.Factory?
  let connector: ServerConnector?
}

/// A command of this program: ArgumentParser makes it from the arguments, and it is run with what the program was composed of.
protocol ProgramCommand: ParsableCommand, Sendable {
  func run(in program: Program) async throws
}
#endif
