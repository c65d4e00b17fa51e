#if HTTP
import Meanwhile
import MeanwhileHTTP
import MeanwhileMemoryStore
import Synchronization
import Testing

@Suite("HTTP: requests that are answered on the thread that has read them")
struct WholeRequestTests {
  /// A language whose queries are their own results.
  private struct Saying: QueryLanguage {
    static let name = "saying"

    func prepare(_ request: EndpointRequest, for session: Session) async throws -> JSONObject {
      try JSONValue.parse(await request.body.collect(bytesMax: 1 << 20)).object ?? [:]
    }

    func run(_ query: JSONObject, in context: QueryContext) async throws -> JSONOutput { JSONOutput(query) }

    func isBrief(_ query: JSONObject) -> Bool { true }
  }

  private func service() async throws -> Service {
    var builder = ServiceBuilder(taskStore: MemoryStore())
    builder.add(Saying())
    builder.add(endpoints: ToyEndpoints(probe: ToyEndpoints.Probe()))
    return try await builder.build()
  }

  @Test("The life of a brief query waits for nothing")
  func life() async throws {
    let service = try await service()
    let parameters: Parameters = ["keep_on_completion": "true"]
    let submitted = begin(service, EndpointRequest(.post, "/_saying/async", parameters: parameters, json: ["say": "hello"]))
    let id = try #require(submitted.json?["id"]?.string)
    #expect(submitted.json?["say"] == "hello")
    #expect(begin(service, EndpointRequest(.get, "/_saying/async/" + id)).json?["say"] == "hello")
    #expect(begin(service, EndpointRequest(.delete, "/_saying/async/" + id)).json?["acknowledged"] == true)
    #expect(begin(service, EndpointRequest(.get, "/_saying/async/" + id)).status == 404)
  }

  @Test("A handler that is not brief leaves the thread before it begins")
  func others() async throws {
    let answer = begin(try await service(), EndpointRequest(.get, "/long"))
    #expect(answer.status == nil)
    #expect(await answer.comes())
    #expect(answer.status == 200)
  }

  @Test("Short requests, long ones and streams on one connection are answered in their order, however they come")
  func order() async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      let long = String(repeating: "x", count: 100_000)
      let short = "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nshort"
      let chunked = "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
      try await client.send(
        short + "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n" + long
          + "GET /much HTTP/1.1\r\nHost: test\r\n\r\n" + chunked + "3\r\nabc\r\n0\r\n\r\n" + short)
      #expect(try JSONValue.parse(await client.response().body)["bytes"] == 5)
      #expect(try JSONValue.parse(await client.response().body)["bytes"] == 100_000)
      #expect(try await client.response().body.count == 1 << 20)
      #expect(try JSONValue.parse(await client.response().body)["bytes"] == 3)
      #expect(try JSONValue.parse(await client.response().body)["bytes"] == 5)
    }
  }

  private func begin(_ service: Service, _ request: EndpointRequest) -> Answer {
    let answer = Answer()
    if #available(macOS 26, *) { Task.immediate { answer.set(await service.respond(to: request)) } }
    return answer
  }

  /// What there is of an answer.
  private final class Answer: Sendable {
    private let response = Mutex<EndpointResponse?>(nil)
    private let hasCome = Signal()

    var status: Int? { response.withLock { $0?.status } }

    var json: JSONValue? {
      guard case .bytes(let bytes) = response.withLock({ $0?.body }) else { return nil }
      return try? JSONValue.parse(bytes)
    }

    func set(_ answer: EndpointResponse) {
      response.withLock { $0 = answer }
      hasCome.raise()
    }

    func comes() async -> Bool { await hasCome.happens() }
  }
}
#endif
