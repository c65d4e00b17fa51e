import ArgumentParser

/// Submit, get, delete, over and over: a task's whole life.
struct LifeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "life", abstract: "Submits, gets and deletes `ROW a = 1`, kept in between.")

  @OptionGroup var options: MeasurementOptions
  @Flag(help: "The server answers with nothing: ask for a made-up id, and look at no answer.") var bare = false

  func run() throws {
    let generator = try LoadGenerator(port: options.port, clients: options.clients)
    let began = MonotonicClock.nanoseconds
    var life = TaskLife(clients: options.clients, isBare: bare, deadline: began + Int64(options.seconds * 1e9))
    try generator.run(&life)
    let seconds = Double(MonotonicClock.nanoseconds - began) / 1e9
    var values = life.latencies.values()
    values["per_second"] = Double(life.latencies.count) / seconds
    try options.record("life", values)
  }
}

struct TaskLife: Workload {
  private enum Step { case submit, get, delete }

  let isBare: Bool
  let deadline: Int64
  private(set) var latencies = Latencies()
  private var steps: [Step]
  private var ids: [String]

  private static let madeUpID = "FmpNZ0V0dGJnUXp5d2xYUDFHbkU2bHcdVW9zN3JMRGtRbHFQT2tPcWVnQnhLUToxMjM0NTY="

  init(clients: Int, isBare: Bool, deadline: Int64) {
    self.isBare = isBare
    self.deadline = deadline
    steps = Array(repeating: .submit, count: clients)
    ids = Array(repeating: Self.madeUpID, count: clients)
  }

  mutating func next(for client: Int, after exchange: Exchange?) throws -> [UInt8]? {
    guard let exchange else { return Requests.keptRow }
    latencies.add(exchange.receivedAt - exchange.sentAt)
    try check(exchange.response, client)
    switch steps[client] {
    case .submit:
      steps[client] = .get
      return Requests.get("/_query/async/" + ids[client])
    case .get:
      steps[client] = .delete
      return Requests.delete("/_query/async/" + ids[client])
    case .delete:
      steps[client] = .submit
      return exchange.receivedAt < deadline ? Requests.keptRow : nil
    }
  }

  private mutating func check(_ response: Response, _ client: Int) throws {
    let isRight: Bool
    switch steps[client] {
    case _ where isBare: isRight = response.status == 200
    case .submit:
      isRight = response.status == 200 && response.contains("\"values\":[[1]]") && response.asyncID != nil
      ids[client] = String(decoding: response.asyncID ?? [], as: UTF8.self)
    case .get: isRight = response.status == 200 && response.contains("\"values\":[[1]]")
    case .delete: isRight = response.status == 200 && response.contains("\"acknowledged\":true")
    }
    guard isRight else {
      throw Unexpected(description: "\(steps[client]): \(response.status) \(String(decoding: response.body, as: UTF8.self))")
    }
  }
}
