/// What clients do: a request, then the next one that follows from its answer.
protocol Workload {
  /// A client's first request, or the one after an exchange.
  ///
  /// - Returns: nil when the client has nothing more to do.
  mutating func next(for client: Int, after exchange: Exchange?) throws -> [UInt8]?
}

/// Many clients on one thread.
final class LoadGenerator {
  private let poller: Poller
  private let connections: [Connection]

  /// Connects all clients.
  init(port: UInt16, clients: Int) throws {
    let poller = try Poller()
    connections = try (0..<clients).map { client in
      let connection = try Connection(port: port)
      try poller.add(connection.socket, key: client)
      return connection
    }
    self.poller = poller
  }

  /// Lets every client work until it has nothing more to do.
  func run(_ workload: inout some Workload) throws {
    var busy = try start(&workload)
    while busy > 0 { busy -= try serve(&workload, milliseconds: 60_000, silenceIsFailure: true) }
  }

  /// Sends each client's first request.
  ///
  /// - Returns: how many clients have something to do.
  func start(_ workload: inout some Workload) throws -> Int {
    var busy = 0
    for client in connections.indices {
      guard let request = try workload.next(for: client, after: nil) else { continue }
      try connections[client].send(request)
      busy += 1
    }
    return busy
  }

  /// Waits for answers, and sends what follows from them.
  ///
  /// - Returns: how many clients have come to their end.
  func serve(_ workload: inout some Workload, milliseconds: Int32, silenceIsFailure: Bool) throws -> Int {
    var ended = 0
    let ready = try poller.wait(milliseconds: milliseconds) { client in
      guard let exchange = try connections[client].receive() else { return }
      if let request = try workload.next(for: client, after: exchange) {
        try connections[client].send(request)
      } else {
        ended += 1
      }
    }
    if ready == 0, silenceIsFailure { throw Unexpected(description: "no answer for \(milliseconds) ms") }
    return ended
  }
}
