#if HTTP
import Meanwhile
import MeanwhileHTTP
import Synchronization
import Testing

@Suite("HTTP: connections and the server's life")
struct HTTPConnectionTests {
  @Test("A handler is told when its client goes")
  func disconnection() async throws {
    try await withToyServer { port, probe in
      let client = try await RawConnection(port: port)
      try await client.send("GET /wait HTTP/1.1\r\nHost: test\r\n\r\n")
      #expect(await probe.isWaiting.happens())
      #expect(!probe.disconnections.isRaised)
      await client.disconnect()
      #expect(await probe.disconnections.happens())
      probe.mayAnswer.raise()
    }
  }

  @Test("A client that has said all it will ever say counts as gone")
  func halfClose() async throws {
    try await withToyServer { port, probe in
      let client = try await RawConnection(port: port)
      try await client.send("GET /wait HTTP/1.1\r\nHost: test\r\n\r\n")
      #expect(await probe.isWaiting.happens())
      await client.finishSending()
      #expect(await probe.disconnections.happens())
      probe.mayAnswer.raise()
    }
  }

  @Test("A client that has said all it will ever say is answered all the same, each of its requests, with all there is to tell")
  func halfCloseIsAnswered() async throws {
    try await withToyServer { port, probe in
      let client = try await RawConnection(port: port)
      try await client.send("GET /wait HTTP/1.1\r\nHost: test\r\n\r\n" + "GET /wait HTTP/1.1\r\nHost: test\r\n\r\n")
      try await client.send("GET /much HTTP/1.1\r\nHost: test\r\n\r\n")
      await client.finishSending()
      #expect(await probe.disconnections.happens())
      probe.mayAnswer.raise()
      for _ in 0..<2 { #expect(try await client.response().status == 200) }
      #expect(probe.disconnectionCount.load(ordering: .relaxed) == 2)
      #expect(try await client.lengthOfChunkedBody() == 1 << 20)
    }
  }

  @Test("A client that goes is gone for every request that it has sent ahead, so none of them is begun")
  func pipelinedDisconnection() async throws {
    try await withToyServer { port, probe in
      let client = try await RawConnection(port: port)
      try await client.send(String(repeating: "GET /wait HTTP/1.1\r\nHost: test\r\n\r\n", count: 50))
      #expect(await probe.isWaiting.happens())
      await client.reset()
      #expect(await probe.disconnections.happens())
      probe.mayAnswer.raise()
      try await Task.sleep(for: .milliseconds(200))
      #expect(probe.disconnectionCount.load(ordering: .relaxed) == 1)
    }
  }

  @Test("A client that stays until it is answered is not taken for gone")
  func noDisconnection() async throws {
    try await withToyServer { port, probe in
      let client = try await RawConnection(port: port)
      try await client.send("GET /wait HTTP/1.1\r\nHost: test\r\n\r\n")
      #expect(await probe.isWaiting.happens())
      probe.mayAnswer.raise()
      #expect(try await client.response().status == 200)
      await client.disconnect()
      try await Task.sleep(for: .milliseconds(200))
      #expect(!probe.disconnections.isRaised)
    }
  }

  @Test("A connection on which nothing is said is closed")
  func idleTimeout() async throws {
    var configuration = HTTPAdapter.Configuration(port: 0)
    configuration.idleTimeout = .milliseconds(200)
    try await withToyServer(configuration) { port, _ in
      let client = try await RawConnection(port: port)
      #expect(try await client.isAtEnd())
    }
  }

  @Test("A client that sends its request byte by byte is cut off", arguments: ["GET /echo HTTP/1.1\r\nHo", slowBodyHead])
  func slowRequest(beginning: String) async throws {
    var configuration = HTTPAdapter.Configuration(port: 0)
    configuration.idleTimeout = .seconds(1)
    try await withToyServer(configuration) { port, _ in
      let slow = try await RawConnection(port: port)
      try await slow.send(beginning)
      for _ in 0..<8 {
        try? await slow.send([UInt8(ascii: "s")])
        try await Task.sleep(for: .milliseconds(300))
      }
      #expect(try await slow.isAtEnd())
    }
  }

  private static let slowBodyHead =
    "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10000000\r\n\r\n"

  @Test("Beyond the most connections there may be, a further one waits until another ends")
  func connectionLimit() async throws {
    var configuration = HTTPAdapter.Configuration(port: 0)
    configuration.connectionsMax = 2
    try await withToyServer(configuration) { port, _ in
      let request = "GET /echo HTTP/1.1\r\nHost: test\r\n\r\n"
      var open: [RawConnection] = []
      for _ in 0..<2 {
        let connection = try await RawConnection(port: port)
        try await connection.send(request)
        #expect(try await connection.response().status == 200)
        open.append(connection)
      }
      let third = try await RawConnection(port: port)
      try await third.send(request)
      let answered = Signal()
      let answer = Task {
        defer { answered.raise() }
        return try await third.response().status
      }
      try await Task.sleep(for: .milliseconds(300))
      #expect(!answered.isRaised)
      await open[0].disconnect()
      #expect(try await answer.value == 200)
    }
  }

  @Test("A client that takes nothing of what it is sent is cut off")
  func stalledClient() async throws {
    var configuration = HTTPAdapter.Configuration(port: 0)
    configuration.idleTimeout = .seconds(1)
    try await withToyServer(configuration) { port, probe in
      let client = try await RawConnection(port: port)
      try await client.send("GET /endless HTTP/1.1\r\nHost: test\r\n\r\n")
      #expect(await probe.streamIsReleased.happens())
    }
  }

  @Test("A request is not idle while it waits for its answer")
  func waitingIsNotIdle() async throws {
    var configuration = HTTPAdapter.Configuration(port: 0)
    // Long enough for a loaded machine to send the request in.
    configuration.idleTimeout = .seconds(5)
    try await withToyServer(configuration) { port, probe in
      let client = try await RawConnection(port: port)
      try await client.send("GET /wait HTTP/1.1\r\nHost: test\r\n\r\n")
      #expect(await probe.isWaiting.happens())
      try await Task.sleep(for: .seconds(6))
      probe.mayAnswer.raise()
      #expect(try await client.response().status == 200)
    }
  }

  @Test("Told to end, the adapter answers what it has begun and takes nothing new")
  func gracefulShutdown() async throws {
    let probe = ToyEndpoints.Probe()
    let server = try await RunningServer(probe: probe)
    let busy = try await RawConnection(port: server.port)
    try await busy.send("GET /wait HTTP/1.1\r\nHost: test\r\n\r\n")
    #expect(await probe.isWaiting.happens())
    let idle = try await RawConnection(port: server.port)

    server.beginStopping()
    #expect(try await idle.isAtEnd())
    await #expect(throws: RawConnection.Failure.self) { try await RawConnection(port: server.port) }
    #expect(!probe.disconnections.isRaised)

    probe.mayAnswer.raise()
    #expect(try await busy.response().status == 200)
    try await server.stop()
  }

  @Test("What has not ended when the grace is over is cut off")
  func shutdownGrace() async throws {
    var configuration = HTTPAdapter.Configuration(port: 0)
    configuration.shutdownGrace = .milliseconds(200)
    let probe = ToyEndpoints.Probe()
    let server = try await RunningServer(configuration, probe: probe)
    let client = try await RawConnection(port: server.port)
    try await client.send("GET /wait HTTP/1.1\r\nHost: test\r\n\r\n")
    #expect(await probe.isWaiting.happens())

    server.beginStopping()
    #expect(await probe.disconnections.happens())
    probe.mayAnswer.raise()
    try await server.stop()
  }

  @Test("It listens on this machine alone", arguments: ["0.0.0.0", "::", "192.168.1.1", "example.com", "127.0.0.1.example.com", "127.1"])
  func refusesOpenAddresses(_ host: String) async throws {
    await #expect(throws: HTTPAdapterError.notLoopback(host: host)) {
      _ = try await RunningServer(HTTPAdapter.Configuration(host: host, port: 0), probe: ToyEndpoints.Probe())
    }
  }

  @Test("A port that is taken is an error that names it")
  func portTaken() async throws {
    try await withToyServer { port, _ in
      let error = await #expect(throws: HTTPAdapterError.self) {
        _ = try await RunningServer(HTTPAdapter.Configuration(port: port), probe: ToyEndpoints.Probe())
      }
      #expect(error?.description.contains("port [\(port)]") == true)
    }
  }
}
#endif
