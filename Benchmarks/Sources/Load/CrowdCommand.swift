import ArgumentParser
import Glibc

/// Thousands who wait at the same time for queries that then all end at once.
struct CrowdCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crowd", abstract: "Lets all clients wait at once, first with their submits, then with gets; then ends all their queries.")

  @OptionGroup var options: MeasurementOptions
  @Option(help: "The server's process id: its memory is measured.") var process: Int32

  func run() throws {
    raiseDescriptorLimit()
    let server = ServerProcess(process)
    let control = try Connection(port: options.port)
    let atRest = try server.residentBytes
    let generator = try LoadGenerator(port: options.port, clients: options.clients)
    let connected = try server.residentBytes
    let submits = try wait(generator, control) { _ in Requests.post("/_hold/async?wait_for_completion_timeout=10m", json: "{}") }
    let waiting = try server.residentBytes
    let opened = try control.exchange(Requests.post("/_gate/open", json: "")).number("opened_ns")
    let afterSubmits = try finish(submits, generator, openedAt: opened)

    var ids = Submits(request: Requests.post("/_hold/async?wait_for_completion_timeout=0ms", json: "{}"))
    try generator.run(&ids)
    let paths = ids.ids.map { "/_hold/async/\($0)?wait_for_completion_timeout=10m" }
    let gets = try wait(generator, control) { Requests.get(paths[$0]) }
    let openedAgain = try control.exchange(Requests.post("/_gate/open", json: "")).number("opened_ns")
    let afterGets = try finish(gets, generator, openedAt: openedAgain)

    var values = afterSubmits.values("submit_").merging(afterGets.values("get_")) { $1 }
    values["answered"] = Double(afterSubmits.count + afterGets.count)
    values["connection_bytes"] = Double(connected - atRest) / Double(options.clients)
    values["waiting_bytes"] = Double(waiting - connected) / Double(options.clients)
    values["server_bytes"] = Double(waiting)
    try options.record("crowd", values)
  }

  /// Sends a request of each client, and waits until all their queries stand at the gate and nobody has been answered.
  private func wait(_ generator: LoadGenerator, _ control: Connection, _ request: @escaping (Int) -> [UInt8]) throws -> Crowd {
    var crowd = Crowd(request: request)
    _ = try generator.start(&crowd)
    let deadline = MonotonicClock.nanoseconds + 120_000_000_000
    while try control.exchange(Requests.get("/_gate")).number("waiting") != Int64(options.clients) {
      guard MonotonicClock.nanoseconds < deadline else { throw Unexpected(description: "not all queries came to the gate") }
      usleep(100_000)
    }
    // The queries of gets stood there before; their gets need a moment.
    usleep(3_000_000)
    guard try generator.serve(&crowd, milliseconds: 0, silenceIsFailure: false) == 0 else {
      throw Unexpected(description: "an answer before its time")
    }
    return crowd
  }

  /// Takes in all answers, and measures them from the moment at which the gate was opened.
  private func finish(_ crowd: Crowd, _ generator: LoadGenerator, openedAt: Int64?) throws -> Latencies {
    guard let openedAt else { throw Unexpected(description: "the gate does not say when it opened") }
    var crowd = crowd
    var left = options.clients
    while left > 0 { left -= try generator.serve(&crowd, milliseconds: 60_000, silenceIsFailure: true) }
    var latencies = Latencies()
    for received in crowd.receivedAt { latencies.add(received - openedAt) }
    return latencies
  }

  private func raiseDescriptorLimit() {
    var limit = rlimit()
    let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(kind, &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(kind, &limit)
  }
}

/// One request each, and when it was answered.
struct Crowd: Workload {
  let request: (Int) -> [UInt8]
  private(set) var receivedAt: [Int64] = []

  init(request: @escaping (Int) -> [UInt8]) { self.request = request }

  mutating func next(for client: Int, after exchange: Exchange?) throws -> [UInt8]? {
    guard let exchange else { return request(client) }
    guard exchange.response.status == 200, exchange.response.number("ended_ns") != nil else {
      throw Unexpected(description: "\(exchange.response.status) \(String(decoding: exchange.response.body, as: UTF8.self))")
    }
    receivedAt.append(exchange.receivedAt)
    return nil
  }
}

/// One submit each, and its id.
struct Submits: Workload {
  let request: [UInt8]
  private(set) var ids: [String] = []

  init(request: [UInt8]) { self.request = request }

  mutating func next(for client: Int, after exchange: Exchange?) throws -> [UInt8]? {
    guard let exchange else { return request }
    guard exchange.response.status == 200, let id = exchange.response.asyncID ?? exchange.response.text("id") else {
      throw Unexpected(description: "\(exchange.response.status) \(String(decoding: exchange.response.body, as: UTF8.self))")
    }
    ids.append(String(decoding: id, as: UTF8.self))
    return nil
  }
}
