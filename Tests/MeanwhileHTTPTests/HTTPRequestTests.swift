#if HTTP
import Meanwhile
import MeanwhileHTTP
import Synchronization
import Testing

@Suite("HTTP: how a request arrives")
struct HTTPRequestTests {
  static let targets: [(target: String, path: String, parameters: [String])] = [
    ("/echo", "/echo", []),
    ("/echo?a=1&b=2", "/echo", ["a=1", "b=2"]),
    ("/echo?a=1&a=2", "/echo", ["a=1", "a=2"]),
    ("/echo?a", "/echo", ["a="]),
    ("/echo?a=x%3Dy%26z", "/echo", ["a=x=y&z"]),
    ("/echo?a=one+two%2Bthree", "/echo", ["a=one two+three"]),
    ("/echo?a=%C3%A4", "/echo", ["a=ä"]),
    ("/echo?%C3%A4+b=1", "/echo", ["ä b=1"]),
    ("/echo?&&a=1&", "/echo", ["a=1"]),
    ("/echo/%3Clogs-%7Bnow%2Fd%7D%3E", "/echo/%3Clogs-%7Bnow%2Fd%7D%3E", []),
    ("http://localhost:9200/echo?a=1", "/echo", ["a=1"]),
  ]

  @Test("The path stays as it came, parameters are decoded", arguments: targets)
  func target(_ target: String, path: String, parameters: [String]) async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send("GET \(target) HTTP/1.1\r\nHost: test\r\n\r\n")
      let answer = try await client.response()
      #expect(answer.status == 200, "\(answer.text)")
      let body = try JSONValue.parse(answer.body)
      #expect(body["path"] == .string(path))
      #expect(body["parameters"] == .array(parameters.map(JSONValue.string)))
    }
  }

  @Test("Malformed percent-encoding is a 400 that names it", arguments: ["%", "%4", "%zz", "%C3%"])
  func malformedEncoding(_ value: String) async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send("GET /echo?a=\(value) HTTP/1.1\r\nHost: test\r\n\r\n")
      let answer = try await client.response()
      #expect(answer.status == 400)
      #expect(try JSONValue.parse(answer.body)["error"]?["type"] == "illegal_argument_exception")
      #expect(answer.text.contains(value))
    }
  }

  @Test("A method that no endpoint has is a 405 that lists those that are known")
  func unsupportedMethod() async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send("TRACE /echo HTTP/1.1\r\nHost: test\r\n\r\n")
      let answer = try await client.response()
      #expect(answer.status == 405)
      #expect(answer.headers["allow"]?.contains("GET") == true)
    }
  }

  @Test("Bytes that are no HTTP are a 400, and the end of the connection")
  func garbage() async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send("\u{1}\u{2} this is not HTTP\r\n\r\n")
      let answer = try await client.response()
      #expect(answer.status == 400)
      #expect(try JSONValue.parse(answer.body)["error"]?["type"] == "illegal_argument_exception")
      #expect(try await client.isAtEnd())
    }
  }

  @Test("A head that is too long is a 431, and the end of the connection", arguments: [1, 2_000])
  func longHead(_ fieldCount: Int) async throws {
    var configuration = HTTPAdapter.Configuration(port: 0)
    configuration.headerBytesMax = 16 << 10
    try await withToyServer(configuration) { port, _ in
      let client = try await RawConnection(port: port)
      let fields = (0..<fieldCount).map { "X-\($0): \(String(repeating: "v", count: 40_000 / fieldCount))\r\n" }.joined()
      try await client.send("GET /echo HTTP/1.1\r\nHost: test\r\n\(fields)\r\n")
      let answer = try await client.response()
      #expect(answer.status == 431)
      #expect(try JSONValue.parse(answer.body)["error"]?["type"] == "too_long_http_header_exception")
    }
  }

  /// A second request within what one reader takes for the first one's body and another does not.
  static let ambiguous: [(name: String, head: String, body: String)] = [
    ("a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    ("two lengths", "Content-Length: 0\r\nContent-Length: 44\r\n", ""),
    ("a negative length", "Content-Length: -1\r\n", ""),
    ("a list of lengths", "Content-Length: 0, 44\r\n", ""),
    ("a folded field", "Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
    ("a blank before the colon", "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
    ("an unknown coding", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
    ("a chunk's size with a sign", "Transfer-Encoding: chunked\r\n", "-1\r\nabc\r\n0\r\n\r\n"),
    ("a chunk that is longer than its size", "Transfer-Encoding: chunked\r\n", "1\r\nabc\r\n0\r\n\r\n"),
  ]

  @Test("What could be read as one request or as two is neither: the second one is never answered", arguments: ambiguous)
  func smuggling(_ name: String, head: String, body: String) async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      let hidden = "GET /echo/hidden HTTP/1.1\r\nHost: test\r\n\r\n"
      try await client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n\(head)\r\n\(body)\(hidden)")
      await client.finishSending()
      var received: [UInt8] = []
      while case let more = try await client.receive(), !more.isEmpty { received += more }
      let text = String(decoding: received, as: UTF8.self)
      #expect(!text.contains("/echo/hidden"), "\(text)")
      #expect(!text.contains("HTTP/1.1 5"), "\(text)")
    }
  }

  @Test("A chunk's extension is passed over, and a trailer is no field of the next request")
  func chunkExtensions() async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send(
        "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "2;name=\"value\"\r\n{}\r\n0\r\nX-Test: trailer\r\n\r\nGET /echo HTTP/1.1\r\nHost: test\r\n\r\n")
      #expect(try JSONValue.parse(await client.response().body)["bytes"] == 2)
      #expect(try JSONValue.parse(await client.response().body)["header"] == .null)
    }
  }

  @Test("A chunked body arrives whole")
  func chunkedBody() async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
      try await client.send("5\r\nhello\r\n")
      try await client.send("7\r\n, world\r\n0\r\n\r\n")
      #expect(try JSONValue.parse(await client.response().body)["bytes"] == 12)
    }
  }

  @Test("A long body arrives whole and in order")
  func longBody() async throws {
    let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let checksum = body.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n")
      try await client.send(body)
      let answer = try JSONValue.parse(await client.response().body)
      #expect(answer["bytes"]?.int == Int64(body.count))
      #expect(answer["checksum"]?.int == Int64(checksum))
    }
  }

  @Test("A body is taken from the socket only as fast as it is read")
  func requestBackPressure() async throws {
    try await withToyServer { port, probe in
      let length = 64 << 20
      let client = try await RawConnection(port: port)
      try await client.send(
        "POST /slow HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: \(length)\r\n\r\n{")
      #expect(await probe.isWaiting.happens())
      let taken = try await client.sendUntilStuck(atMost: length - 1)
      #expect(taken < length / 2)  // The rest waits in the client: what was taken fills the kernel's buffers and a few of the server's.

      probe.mayRead.raise()
      try await client.send([UInt8](repeating: 0, count: length - 1 - taken))
      #expect(try JSONValue.parse(await client.response().body)["bytes"]?.int == Int64(length))
    }
  }

  @Test("A body that says it is too long is refused before it is sent")
  func announcedTooLong() async throws {
    var configuration = HTTPAdapter.Configuration(port: 0)
    configuration.bodyBytesMax = 1_000
    try await withToyServer(configuration) { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send(
        "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
          + "Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n")
      let answer = try await client.response()
      #expect(answer.status == 413)
      #expect(try JSONValue.parse(answer.body)["error"]?["type"] == "content_too_long_exception")
    }
  }

  @Test("A chunked body that turns out too long is refused")
  func chunkedTooLong() async throws {
    var configuration = HTTPAdapter.Configuration(port: 0)
    configuration.bodyBytesMax = 1_000
    try await withToyServer(configuration) { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
      try await client.send("7d0\r\n" + String(repeating: "x", count: 2_000) + "\r\n0\r\n\r\n")
      #expect(try await client.response().status == 413)
    }
  }

  @Test("A client that asks before it sends its body is told to go on")
  func expectContinue() async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send(
        "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
          + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
      #expect(try await client.response().status == 100)
      try await client.send("hi")
      #expect(try JSONValue.parse(await client.response().body)["bytes"] == 2)
    }
  }

  @Test("A body that nobody read does not become the next request")
  func unreadBody() async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      try await client.send(
        "POST /nowhere/at/all HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
          + "Content-Length: 9\r\n\r\nGET / HTT")
      #expect(try await client.response().status >= 400)
      try await client.send("GET /echo HTTP/1.1\r\nHost: test\r\n\r\n")
      #expect(try await client.response().status == 200)
    }
  }

  @Test("A handler that reads its body after it has answered finds it closed, if it did not come whole")
  func lateRead() async throws {
    try await withToyServer { port, probe in
      let client = try await RawConnection(port: port)
      try await client.send(
        "POST /leak HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
      #expect(try await client.response().status == 200)
      try await client.send("GET /echo HTTP/1.1\r\nHost: test\r\n\r\n")
      #expect(try await client.response().status == 200)
      probe.mayRead.raise()
      #expect(await probe.lateReadIsDone.happens())
      #expect(probe.lateRead.withLock { $0 } == "refused")
    }
  }
}
#endif
