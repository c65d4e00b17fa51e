#if CLI
import ArgumentParser
import Meanwhile

/// Where a command finds the data: a directory, opened in process, or a server that runs.
struct ServiceOptions: ParsableArguments {
  static let defaultDataDirectory = "data"

  @Option(help: "The directory that holds the data; opened by this command itself (default: \(Self.defaultDataDirectory)).")
  var data: String?

  @Flag(help: "Use no data directory; start with nothing, in memory.")
  var memory = false

  @Option(help: "The URL of a running server to ask, such as http://127.0.0.1:9200.")
  var server: String?

  @OptionGroup(title: "Options for a secured --server") var credentials: ServerCredentials

  @Flag(help: .developer)
  var developer = false

  func validate() throws {
    guard [data != nil, memory, server != nil].filter({ $0 }).count <= 1 else {
      throw ValidationError("--data, --memory and --server exclude each other.")
    }
    guard server != nil || !credentials.isGiven else { throw ValidationError("Who to be, and whom to believe, is about a --server.") }
  }

  /// Does something with the service, wherever it is, and lets go of it.
  func withService(of program: Program, creating: Bool = false, _ body: (any ServiceAccess) async throws -> Void) async throws {
    if let server {
      guard let connector = program.connector else {
        throw CommandFailure("this build cannot reach a server; build it with --traits Server")
      }
      let send = try connector.connect(server, credentials.trust)
      try await body(RemoteService(send: send, authorization: try credentials.authorization()))
      return
    }
    let directory = memory ? nil : data ?? Self.defaultDataDirectory
    if let directory, !creating, !FileReader.exists(directory) {
      throw CommandFailure("there is no data directory [\(directory)]; name one with --data, or a running server with --server")
    }
    let service = try await program.openService(OpenOptions(dataDirectory: directory, isDeveloper: developer, warn: Terminal.warn))
    do {
      try await body(InProcessService(service, keepsTasks: !memory))
    } catch {
      await service.shutDown()
      throw error
    }
    await service.shutDown()
  }
}

extension ArgumentHelp {
  static let developer: ArgumentHelp = "Offer what only tests and demonstrations want, such as ES|QL's DELAY(duration)."
}
#endif
