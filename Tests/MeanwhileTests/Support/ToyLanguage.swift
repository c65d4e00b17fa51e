import Meanwhile
import Synchronization

/// A language whose queries do what they are told: `{"say": …}` answers at once, `{"hold": name}` once a gate of that name is opened, `{"fail": …}` never.
/// While it holds, the gates `step 1`, `step 2` … let it come a row further each.
struct ToyLanguage: QueryLanguage {
  static let name = "toy"
  let gates = Gates()

  struct Query: Sendable {
    var say: String
    var hold: String?
    var fail: String?
  }

  func prepare(_ request: EndpointRequest, for session: Session) async throws -> Query {
    let body = try JSONValue.parse(await request.body.collect(bytesMax: 1_000))
    if let problem = body["bad"]?.string { throw APIError.parsing(problem, line: 1, column: 1) }
    return Query(say: body["say"]?.string ?? "", hold: body["hold"]?.string, fail: body["fail"]?.string)
  }

  func run(_ query: Query, in context: QueryContext) async throws -> JSONOutput {
    gates.began()
    context.progress.expect(rows: 2)
    context.progress.advance(rows: 1)
    context.partial.offer { JSONOutput(["said": "so far"], isPartial: true) }
    var steps = 1
    while let gate = query.hold, !gates.isOpen(gate) {
      if gates.isOpen("step \(steps)") {
        context.progress.advance(rows: 1)
        steps += 1
      }
      try context.signals.check()
      if context.signals.shouldFinishEarly { return JSONOutput(["said": "part of it"], isPartial: true) }
      try await Task.sleep(for: .milliseconds(1))
    }
    if let reason = query.fail { throw APIError.illegalArgument(reason) }
    return JSONOutput(["said": .string(query.say)])
  }

  /// One that says that it is.
  func isBrief(_ query: Query) -> Bool { query.say == "brief" }

  func flightKey(of query: Query, _ request: EndpointRequest) async throws -> String? { "\(query.say) \(query.hold ?? "")" }

  func describe(_ query: Query, _ request: EndpointRequest) -> String { "say \(query.say)" }

  final class Gates: Sendable {
    private let state = Mutex((open: Set<String>(), runs: 0))
    var runs: Int { state.withLock { $0.runs } }
    func open(_ name: String) { state.withLock { _ = $0.open.insert(name) } }
    func isOpen(_ name: String) -> Bool { state.withLock { $0.open.contains(name) } }
    func began() { state.withLock { $0.runs += 1 } }
  }
}

/// Counts the runs that are started on threads of their own.
final class CountingSpawner: Spawner {
  private let count = Mutex(0)
  var runs: Int { count.withLock { $0 } }

  func spawn(_ work: @escaping @Sendable () async -> Void) -> Cancellation { SystemSpawner().spawn(work) }

  func spawnRun(_ work: @escaping @Sendable () async -> Void) -> Cancellation {
    count.withLock { $0 += 1 }
    return SystemSpawner().spawnRun(work)
  }
}

/// Counts what it is told.
final class CountingObserver: Observer {
  private let counts = Mutex<[TaskEvent.Kind: Int]>([:])
  func observe(_ event: TaskEvent) { counts.withLock { $0[event.kind, default: 0] += 1 } }
  subscript(kind: TaskEvent.Kind) -> Int { counts.withLock { $0[kind, default: 0] } }
}

extension EndpointResponse {
  /// The headers without the one that says how long the answer took.
  var untimedHeaders: Headers {
    var headers = headers
    headers["Server-Timing"] = nil
    return headers
  }

  /// The body as JSON.
  func json() async throws -> JSONValue { try JSONValue.parse(await collectBody()) }
}

/// Waits until something holds that is about to; fails the test's expectation by returning false after some seconds.
func eventually(_ condition: @Sendable () async throws -> Bool) async rethrows -> Bool {
  for _ in 0..<5_000 {
    if try await condition() { return true }
    try? await Task.sleep(for: .milliseconds(1))
  }
  return false
}
