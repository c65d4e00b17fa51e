import ArgumentParser

/// The load generator: one thread, as many keep-alive connections as there are clients, each with one request under way.
@main
struct Load: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Loads a server with requests, and measures.",
    subcommands: [LifeCommand.self, SubmitsCommand.self, WakeUpsCommand.self, CrowdCommand.self, TablesCommand.self])
}

/// What every measurement is told.
struct MeasurementOptions: ParsableArguments {
  @Option(help: "The server's port on 127.0.0.1.") var port: UInt16
  @Option var clients = 1
  @Option var seconds = 3.0
  @Option(help: "What is measured, as the tables name it.") var subject: String
  @Option(help: "Measurements of one round are compared with each other.") var round = 1
  @Option(help: "The file that the measurement is appended to, as a line of JSON.") var output: String?

  func record(_ work: String, _ values: [String: Double]) throws {
    let measurement = Measurement(work: work, subject: subject, clients: clients, round: round, values: values)
    print(measurement.line)
    if let output { try measurement.append(to: output) }
  }
}
