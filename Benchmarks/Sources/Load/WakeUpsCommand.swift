import ArgumentParser

/// How long after its query's end a client that waits has its answer in hand.
struct WakeUpsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wakeups", abstract: "Measures from the end of a query to the answer of the client that waits for it.")

  @OptionGroup var options: MeasurementOptions

  func run() throws {
    let generator = try LoadGenerator(port: options.port, clients: options.clients)
    var wakeUps = WakeUps(clients: options.clients, deadline: MonotonicClock.nanoseconds + Int64(options.seconds * 1e9))
    try generator.run(&wakeUps)
    var values = wakeUps.submits.values("submit_").merging(wakeUps.gets.values("get_")) { $1 }
    values["count"] = Double(wakeUps.submits.count + wakeUps.gets.count)
    try options.record("wakeups", values)
  }
}

/// A submit that waits; then a submit that does not, a get that waits, and a delete.
struct WakeUps: Workload {
  private enum Step { case waitingSubmit, submit, waitingGet, delete }

  let deadline: Int64
  private(set) var submits = Latencies()
  private(set) var gets = Latencies()
  private var steps: [Step]
  private var paths: [String]
  private var random = SystemRandomNumberGenerator()

  init(clients: Int, deadline: Int64) {
    self.deadline = deadline
    steps = Array(repeating: .waitingSubmit, count: clients)
    paths = Array(repeating: "", count: clients)
  }

  mutating func next(for client: Int, after exchange: Exchange?) throws -> [UInt8]? {
    guard let exchange else { return submit(wait: "60s") }
    guard exchange.response.status == 200 else {
      throw Unexpected(description: "\(exchange.response.status) \(String(decoding: exchange.response.body, as: UTF8.self))")
    }
    switch steps[client] {
    case .waitingSubmit:
      try add(exchange, to: &submits)
      steps[client] = .submit
      return submit(wait: "0ms")
    case .submit:
      guard let id = exchange.response.asyncID ?? exchange.response.text("id") else {
        throw Unexpected(description: "an answer without id")
      }
      paths[client] = "/_hold/async/" + String(decoding: id, as: UTF8.self)
      steps[client] = .waitingGet
      return Requests.get(paths[client] + "?wait_for_completion_timeout=60s")
    case .waitingGet:
      try add(exchange, to: &gets)
      steps[client] = .delete
      return Requests.delete(paths[client])
    case .delete:
      steps[client] = .waitingSubmit
      return exchange.receivedAt < deadline ? submit(wait: "60s") : nil
    }
  }

  private mutating func submit(wait: String) -> [UInt8] {
    Requests.post("/_hold/async?wait_for_completion_timeout=\(wait)", json: "{\"for_ms\":\(Int.random(in: 5...50, using: &random))}")
  }

  /// Leaves out a query that had ended before anybody waited for it.
  private func add(_ exchange: Exchange, to latencies: inout Latencies) throws {
    guard let ended = exchange.response.number("ended_ns") else { throw Unexpected(description: "an answer without its end") }
    if ended > exchange.sentAt { latencies.add(exchange.receivedAt - ended) }
  }
}
