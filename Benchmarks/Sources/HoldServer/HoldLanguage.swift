import Meanwhile

/// Queries that only wait: `{"for_ms": 5}`, or `{}` for one that waits at the gate. The answer says when the query ended.
struct HoldLanguage: QueryLanguage {
  static let name = "hold"

  let gate: Gate

  enum Query: Sendable {
    case until(Gate)
    case milliseconds(Int64)
  }

  func prepare(_ request: EndpointRequest, for session: Session) async throws -> Query {
    let body = try JSONValue.parse(await request.body.collect(bytesMax: 1 << 10))
    guard let milliseconds = body["for_ms"]?.int else { return .until(gate) }
    return .milliseconds(milliseconds)
  }

  func run(_ query: Query, in context: QueryContext) async throws -> JSONOutput {
    switch query {
    case .until(let gate): await gate.wait()
    case .milliseconds(let milliseconds): try await Task.sleep(for: .milliseconds(milliseconds))
    }
    return JSONOutput(["ended_ns": .integer(MonotonicClock.nanoseconds)])
  }
}
