#if CLI
import ArgumentParser
import Meanwhile

struct ServeCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Runs the server until it is interrupted.",
    discussion: "SIGHUP makes it read users, roles and certificates again.")

  @Option(help: "The directory that holds the data.")
  var data = ServiceOptions.defaultDataDirectory

  @Flag(help: "Keep everything in memory; nothing outlives the server.")
  var memory = false

  @Option(help: "The address to listen on: one of this machine's own.")
  var host = "127.0.0.1"

  @Option(help: "The port to listen on; 0 takes one that is free.")
  var port = 9200

  @Option(help: "Turn security on, with the users, roles and keys of this directory; [meanwhile users] makes it.")
  var security: String?

  @Option(help: "Serve with TLS, with the certificate (and those that vouch for it) of this PEM file.")
  var tlsCertificate: String?

  @Option(help: "The PEM file of the certificate's private key.")
  var tlsKey: String?

  @Flag(help: "Load the demo data, and say what to try on it.")
  var demo = false

  @Option(help: "The least to log of what happens to tasks: \(LogLevel.allCases.map(\.rawValue).joined(separator: ", ")).")
  var log = LogLevel.warning

  @Flag(help: .developer)
  var developer = false

  func validate() throws {
    guard 0...65535 ~= port else { throw ValidationError("--port must be from 0 to 65535.") }
    guard (tlsCertificate == nil) == (tlsKey == nil) else { throw ValidationError("--tls-certificate and --tls-key go together.") }
  }

  func run(in program: Program) async throws {
    guard !program.servers.isEmpty else {
      throw CommandFailure("this build has no adapter that serves; build it with --traits Server")
    }
    StopSignals.raiseDescriptorLimit()
    let service = try await program.openService(
      OpenOptions(
        dataDirectory: memory ? nil : data, isDeveloper: developer, securityDirectory: security, logLevel: log.rawValue, warn: Terminal.warn
      ))
    if security != nil, tlsCertificate == nil, host != "127.0.0.1", host != "localhost", host != "::1" {
      Terminal.warn("without TLS, passwords and keys cross the network for everybody on the way to read; see --tls-certificate")
    }
    do {
      if demo { try await loadDemo(program, service) }
      try await serve(program, service)
    } catch {
      await service.shutDown()
      throw error
    }
    await service.shutDown()
  }

  private func loadDemo(_ program: Program, _ service: Service) async throws {
    guard let demo = program.demo else { throw CommandFailure("this build has no demo data") }
    try await demo.load(service)
  }

  /// Runs the adapters until a signal, or the first failure, ends them all.
  private func serve(_ program: Program, _ service: Service) async throws {
    let tls = tlsCertificate.flatMap { certificate in tlsKey.map { (certificatePath: certificate, keyPath: $0) } }
    let options = ServingAdapter.Options(host: host, port: port, tls: tls)
    let protection = security.map { "security: \($0)" } ?? "security off"
    let place = memory ? "in memory" : "data directory: \(data)"
    let demoCommands = demo ? program.demo?.commands : nil
    try await withThrowingTaskGroup(of: Void.self) { group in
      for server in program.servers {
        let adapter = server.make(options) { url in
          Terminal.write(output: "Meanwhile \(Service.version) listens on \(url) (\(place); \(protection)). Stop it with Control-C.\n")
          guard let commands = demoCommands?(url), !commands.isEmpty else { return }
          Terminal.write(output: "\nTry:\n\n" + commands.map { "  \($0)\n\n" }.joined())
        }
        group.addTask { try await adapter.run(service) }
      }
      group.addTask { await StopSignals.first() }
      group.addTask { await StopSignals.onHangup { await service.reload() } }
      try await group.next()
      group.cancelAll()
      try await group.waitForAll()
    }
  }
}

enum LogLevel: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// Every step of every task.
  case debug
  /// How each task ends.
  case info
  /// What an operator should look at.
  case warning
  case error
}
#endif
