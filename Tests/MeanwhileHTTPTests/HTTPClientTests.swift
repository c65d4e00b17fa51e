#if HTTP
import Meanwhile
import Testing

@testable import MeanwhileHTTP

@Suite("HTTP: asking a server elsewhere")
struct HTTPClientTests {
  static let urls: [(text: String, host: String, port: Int, path: String, authority: String)] = [
    ("http://localhost", "localhost", 80, "", "localhost"),
    ("HTTPS://example.com/", "example.com", 443, "", "example.com"),
    ("http://127.0.0.1:9200/below/this/", "127.0.0.1", 9200, "/below/this", "127.0.0.1:9200"),
    ("https://[::1]:9243", "::1", 9243, "", "[::1]:9243"), ("http://[::1]", "::1", 80, "", "[::1]"),
  ]

  @Test("A URL says where a server is", arguments: urls)
  func url(_ text: String, host: String, port: Int, path: String, authority: String) throws {
    let url = try ServerURL(text)
    #expect(url.isSecure == text.lowercased().hasPrefix("https"))
    #expect((url.host, url.port, url.path) == (host, port, path))
    #expect(url.authority == authority)
  }

  @Test(
    "What is no URL of a server is refused; so is one with a password in it",
    arguments: [
      "", "nonsense", "ftp://host", "http://", "http://:9200", "http://host:", "http://host:0", "http://host:65536", "http://host:x",
      "http://[::1",
      "http://[::1]x", "http://ann:secret@host", "http://host?a", "http://host/a b",
    ])
  func noURL(_ text: String) { #expect(throws: HTTPClientError.noURL(text)) { try ServerURL(text) } }

  @Test("A request arrives, and its answer comes back whole")
  func roundTrip() async throws {
    try await withToyServer { port, _ in
      let client = try HTTPClient(url: "http://127.0.0.1:\(port)")
      var request = EndpointRequest(.post, "/echo", json: ["a": 1])
      request.headers["X-Test"] = "here"
      let echo = try await client.send(request)
      #expect(echo.status == 200)
      let body = try JSONValue.parse(try await echo.collectBody())
      #expect(body["bytes"] == 7)
      #expect(body["header"] == "here")
      let asked = try await client.send(EndpointRequest(.get, "/echo", parameters: ["a": "x=y&z ü", "b": ""]))
      #expect(try JSONValue.parse(try await asked.collectBody())["parameters"] == ["a=x=y&z ü", "b="])
      #expect(try await client.send(EndpointRequest(.get, "/much")).collectBody().count == 1 << 20)
      let head = try await client.send(EndpointRequest(.head, "/long"))
      #expect(head.headers["Content-Length"] == "4")
      #expect(try await head.collectBody().isEmpty)
      #expect(try await client.send(EndpointRequest(.get, "/nowhere")).status == 400)
    }
  }

  @Test("An answer that breaks off is an error, not a shorter answer")
  func brokenOff() async throws {
    try await withToyServer { port, _ in
      let client = try HTTPClient(url: "http://127.0.0.1:\(port)")
      let answer = try await client.send(EndpointRequest(.get, "/broken"))
      await #expect(throws: (any Error).self) { try await answer.collectBody() }
    }
  }

  @Test("Whoever lets go of an answer has gone, for the server; so has whoever is cancelled before it came")
  func lettingGo() async throws {
    try await withToyServer { port, probe in
      let client = try HTTPClient(url: "http://127.0.0.1:\(port)")
      do { _ = try await client.send(EndpointRequest(.get, "/endless")) }
      #expect(await probe.streamIsReleased.happens())
      let waiting = Task { try await client.send(EndpointRequest(.get, "/wait")) }
      #expect(await probe.isWaiting.happens())
      waiting.cancel()
      #expect(await probe.disconnections.happens())
      await #expect(throws: (any Error).self) { try await waiting.value }
      probe.mayAnswer.raise()
    }
  }

  @Test("Where nobody listens, the error says so and where")
  func unreachable() async throws {
    let client = try HTTPClient(url: "http://127.0.0.1:1/")
    let error = await #expect(throws: HTTPClientError.self) { try await client.send(EndpointRequest(.get, "/")) }
    #expect(error?.description.hasPrefix("cannot reach the server at [http://127.0.0.1:1]: ") == true, "\(error?.description ?? "")")
  }
}
#endif
