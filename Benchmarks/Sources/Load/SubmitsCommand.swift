import ArgumentParser

/// Submits of tasks that are kept: each answer is a promise that the result is durable.
struct SubmitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "submits", abstract: "Submits `ROW a = 1` and leaves the results kept.")

  @OptionGroup var options: MeasurementOptions
  @Option(help: "Stop after so many instead of after a time.") var count: Int?
  @Option(help: "The server's process id: its growth in memory is measured.") var process: Int32?

  func run() throws {
    let generator = try LoadGenerator(port: options.port, clients: options.clients)
    let memory = try process.map(ServerProcess.init)?.residentBytes
    let began = MonotonicClock.nanoseconds
    let deadline = count == nil ? began + Int64(options.seconds * 1e9) : .max
    var submits = KeptSubmits(left: count ?? .max, deadline: deadline)
    try generator.run(&submits)
    var values = submits.latencies.values()
    values["per_second"] = Double(submits.latencies.count) / (Double(MonotonicClock.nanoseconds - began) / 1e9)
    if let process, let memory {
      let grown = try ServerProcess(process).residentBytes - memory
      values["bytes_per_task"] = Double(grown) / Double(submits.latencies.count)
    }
    try options.record(count == nil ? "submits" : "kept", values)
  }
}

struct KeptSubmits: Workload {
  var left: Int
  let deadline: Int64
  private(set) var latencies = Latencies()

  init(left: Int, deadline: Int64) {
    self.left = left
    self.deadline = deadline
  }

  mutating func next(for client: Int, after exchange: Exchange?) throws -> [UInt8]? {
    if let exchange {
      guard exchange.response.status == 200, exchange.response.asyncID != nil else {
        throw Unexpected(description: "submit: \(exchange.response.status) \(String(decoding: exchange.response.body, as: UTF8.self))")
      }
      latencies.add(exchange.receivedAt - exchange.sentAt)
    }
    guard left > 0, (exchange?.receivedAt ?? 0) < deadline else { return nil }
    left -= 1
    return Requests.keptRow
  }
}
