#if HTTP
import Meanwhile
import MeanwhileHTTP
import MeanwhileMemoryStore
import Testing

@Suite("HTTP: what a client's going does to its queries")
struct HTTPDisconnectionTests {
  /// A request that waits when its client goes.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// Its `{id}` is that of a task that was submitted before, by another client; without one, it submits its own.
    var method = "POST"
    var path: String
    var isCancelled = false
  }

  static let cases: [Case] = [
    Case(testDescription: "a synchronous call is cancelled", path: "/_waiting", isCancelled: true),
    Case(
      testDescription: "a submit that waits and keeps nothing is cancelled", path: "/_waiting/async?wait_for_completion_timeout=1m",
      isCancelled: true),
    Case(
      testDescription: "a submit that keeps its result goes on",
      path: "/_waiting/async?wait_for_completion_timeout=1m&keep_on_completion=true"),
    Case(testDescription: "a get cancels nothing", method: "GET", path: "/_waiting/async/{id}?wait_for_completion_timeout=1m"),
    Case(testDescription: "a status cancels nothing", method: "GET", path: "/_waiting/async/{id}/status"),
    Case(testDescription: "a stop cancels nothing more", path: "/_waiting/async/{id}/stop"),
  ]

  enum Farewell: CaseIterable { case close, halfClose, reset }

  @Test("A client goes while it waits", arguments: cases, Farewell.allCases)
  func going(_ testCase: Case, _ farewell: Farewell) async throws {
    let probe = WaitingLanguage.Probe()
    try await withServer(probe) { port in
      var id: String?
      if testCase.path.contains("{id}") {
        id = try await Self.submit(port)
      }
      let client = try await RawConnection(port: port)
      try await client.send(Self.request(testCase.method, testCase.path.replacing("{id}", with: id ?? "")))
      #expect(await probe.isRunning.happens())
      if id != nil { try await Task.sleep(for: .milliseconds(50)) }  // Its request is to have arrived.
      switch farewell {
      case .close: await client.disconnect()
      case .halfClose: await client.finishSending()
      case .reset: await client.reset()
      }

      guard !testCase.isCancelled else {
        #expect(await probe.wasCancelled.happens())
        #expect(try await Self.runsNothing(port))
        return
      }
      try await Task.sleep(for: .milliseconds(150))
      #expect(!probe.wasCancelled.isRaised)
      probe.mayEnd.raise()
      let task = try await Self.kept(port)
      #expect(task == id || id == nil)
      let answer = try await Self.call(port, "GET", "/_waiting/async/\(task)")
      #expect(try JSONValue.parse(answer.body)["answer"] == 42, "\(answer.text)")
    }
  }

  @Test("A client that goes while its answer is on the way cancels nothing that goes on without it")
  func goingAfterTheAnswer() async throws {
    let probe = WaitingLanguage.Probe()
    try await withServer(probe) { port in
      let client = try await RawConnection(port: port)
      try await client.send(Self.request("POST", "/_waiting/async?wait_for_completion_timeout=0s"))
      #expect(try await client.response().status == 200)
      await client.disconnect()
      #expect(await probe.isRunning.happens())
      try await Task.sleep(for: .milliseconds(150))
      #expect(!probe.wasCancelled.isRaised)
    }
  }

  @Test("A client that goes takes with it the queries that it has sent ahead, and they never run")
  func pipelined() async throws {
    let probe = WaitingLanguage.Probe()
    try await withServer(probe) { port in
      let client = try await RawConnection(port: port)
      try await client.send(Self.request("POST", "/_waiting") + Self.request("POST", "/_waiting") + Self.request("POST", "/_waiting"))
      #expect(await probe.isRunning.happens())
      await client.finishSending()
      for _ in 0..<3 { #expect(try await client.response().status == 400) }
      #expect(try await Self.runsNothing(port))
    }
  }

  // MARK: The server and its tasks

  private func withServer(_ probe: WaitingLanguage.Probe, _ body: (_ port: Int) async throws -> Void) async throws {
    var builder = ServiceBuilder(taskStore: MemoryStore())
    builder.add(WaitingLanguage(probe: probe))
    builder.add(endpoints: TaskNames())
    let server = try await RunningServer(try await builder.build())
    do {
      try await body(server.port)
    } catch {
      probe.mayEnd.raise()
      try await server.stop()
      throw error
    }
    probe.mayEnd.raise()
    try await server.stop()
  }

  /// Lists the ids of the tasks that run, and of those that are kept.
  private struct TaskNames: EndpointProvider {
    var routes: [Route] {
      [
        Route(.get, "/running", summary: "Ids of tasks that run.", privilege: .authenticated("toy")) { _, session in
          .json(.array(try await session.service.tasks.list().map { .string($0.id.encoded) }))
        },
        Route(.get, "/kept", summary: "Ids of tasks that are kept.", privilege: .authenticated("toy")) { _, session in
          .json(.array(try await session.service.tasks.list(stored: true).filter { !$0.view.isRunning }.map { .string($0.id.encoded) }))
        },
      ]
    }
  }

  private static func request(_ method: String, _ path: String) -> String {
    let body = method == "POST" && !path.hasSuffix("/stop") ? "{}" : ""
    let type = body.isEmpty ? "" : "Content-Type: application/json\r\n"
    return "\(method) \(path) HTTP/1.1\r\nHost: test\r\n\(type)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  private static func call(_ port: Int, _ method: String, _ path: String) async throws -> RawConnection.Response {
    let client = try await RawConnection(port: port)
    try await client.send(request(method, path))
    return try await client.response()
  }

  private static func submit(_ port: Int) async throws -> String {
    let answer = try await call(port, "POST", "/_waiting/async?wait_for_completion_timeout=0s")
    return try #require(JSONValue.parse(answer.body)["id"]?.string, "\(answer.text)")
  }

  /// Waits until nothing runs, for at most ten seconds.
  private static func runsNothing(_ port: Int) async throws -> Bool {
    for _ in 0..<1_000 {
      if try await call(port, "GET", "/running").text == "[]" { return true }
      try await Task.sleep(for: .milliseconds(10))
    }
    return false
  }

  /// Waits until the one task is kept, for at most ten seconds.
  private static func kept(_ port: Int) async throws -> String {
    for _ in 0..<1_000 {
      if let id = try JSONValue.parse(try await call(port, "GET", "/kept").body).array?.first?.string { return id }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw RawConnection.Failure(description: "no task was kept")
  }
}
#endif
