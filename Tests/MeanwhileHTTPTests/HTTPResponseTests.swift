#if HTTP
import Meanwhile
import MeanwhileHTTP
import Synchronization
import Testing

@Suite("HTTP: how a response leaves")
struct HTTPResponseTests {
  @Test("Requests on one connection are answered one after another, also when they are sent at once")
  func keepAliveAndPipelining() async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      for _ in 0..<3 {
        try await client.send("GET /echo?a=alone HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(try await client.response().status == 200)
      }
      try await client.send((1...20).map { "GET /echo?a=\($0) HTTP/1.1\r\nHost: test\r\n\r\n" }.joined())
      for number in 1...20 {
        let answer = try JSONValue.parse(await client.response().body)
        #expect(answer["parameters"] == .array([.string("a=\(number)")]))
      }
    }
  }

  @Test("HEAD has the length of what GET has, and no body", arguments: ["/echo", "/long"])
  func head(_ path: String) async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send("GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
      let get = try await client.response()
      try await client.send("HEAD \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
      let head = try await client.response(toHead: true)
      #expect(head.status == 200)
      // The answer names its method, which is one letter longer.
      #expect(head.headers["content-length"] == String(get.body.count + (path == "/echo" ? 1 : 0)))
      try await client.send("GET /echo HTTP/1.1\r\nHost: test\r\n\r\n")
      #expect(try await client.response().status == 200)
    }
  }

  @Test("A response without content has no length either")
  func noContent() async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send("GET /nothing HTTP/1.1\r\nHost: test\r\n\r\n")
      let answer = try await client.response()
      #expect(answer.status == 204)
      #expect(answer.headers["content-length"] == nil)
      #expect(answer.headers["transfer-encoding"] == nil)
    }
  }

  @Test("A stream is made only as fast as the client takes it, and ends when the client goes")
  func responseBackPressure() async throws {
    try await withToyServer { port, probe in
      let client = try await RawConnection(port: port)
      try await client.send("GET /endless HTTP/1.1\r\nHost: test\r\n\r\n")
      _ = try await client.receive()
      let settled = try await chunksOnceSettled(probe)
      #expect(settled * (64 << 10) < 64 << 20)

      await client.disconnect()
      let after = try await chunksOnceSettled(probe)
      #expect(after - settled < 1_000)
    }
  }

  @Test("What a stream tells is sent at once, however long it then has nothing to tell")
  func flushing() async throws {
    try await withToyServer { port, probe in
      let client = try await RawConnection(port: port)
      try await client.send("GET /news HTTP/1.1\r\nHost: test\r\n\r\n")
      #expect(try await client.receive(until: "first").contains("Content-Type: text/event-stream"))
      probe.mayAnswer.raise()
      _ = try await client.receive(until: "last")
      #expect(!probe.disconnections.isRaised)
    }
  }

  @Test("A stream that waits for what it tells next learns that its client has gone, and ends", arguments: [true, false])
  func disconnectionWithinStream(isOrderly: Bool) async throws {
    try await withToyServer { port, probe in
      let client = try await RawConnection(port: port)
      try await client.send("GET /news HTTP/1.1\r\nHost: test\r\n\r\n")
      _ = try await client.receive(until: "first")
      if isOrderly { await client.disconnect() } else { await client.reset() }
      #expect(await probe.disconnections.happens())
    }
  }

  /// How many chunks were made, once that has stood still for a quarter of a second.
  private func chunksOnceSettled(_ probe: ToyEndpoints.Probe) async throws -> Int {
    var last = -1
    for _ in 0..<40 {
      let count = probe.chunksMade.load(ordering: .relaxed)
      if count == last { return count }
      last = count
      try await Task.sleep(for: .milliseconds(250))
    }
    Issue.record("the stream goes on and on")
    return last
  }

  @Test("A stream that breaks off ends the connection, so that nobody takes it for whole")
  func brokenStream() async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send("GET /broken HTTP/1.1\r\nHost: test\r\n\r\n")
      await #expect(throws: RawConnection.Failure.self) { try await client.response() }
    }
  }

  @Test("A stream that fails before its first byte is an error like any other")
  func streamThatNeverBegins() async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send("GET /broken-at-once HTTP/1.1\r\nHost: test\r\n\r\n")
      let answer = try await client.response()
      #expect(answer.status == 503)
      #expect(try JSONValue.parse(answer.body)["error"]?["reason"] == "it broke")
    }
  }
}
#endif
