#if Metrics
import CoreMetrics
import Meanwhile
import Synchronization

/// Counts and times requests:
///
/// | Metric | Kind | Dimensions |
/// | --- | --- | --- |
/// | `meanwhile_http_requests_total` | counter | `method`, `status` |
/// | `meanwhile_http_request_duration_seconds` | timer | `method` |
public final class RequestMetrics: Sendable {
  private let factory: any MetricsFactory
  private let state = Mutex(State())

  private struct State {
    var counters: [Answer: Counter] = [:]
    var durations: [String: Timer] = [:]
  }

  private struct Answer: Hashable {
    var method: String
    var status: Int
  }

  /// - Parameter factory: where the values go.
  public init(factory: any MetricsFactory = MetricsSystem.factory) { self.factory = factory }

  /// - Parameters:
  ///   - method: one of those that endpoints know; others count together, since a client makes them up.
  ///   - elapsed: from the request's head to the end of its response.
  public func record(method: String, status: Int, elapsed: TimeValue) {
    let method = EndpointRequest.Method(rawValue: method)?.rawValue ?? "other"
    state.withLock { state in
      counter(of: Answer(method: method, status: status), &state).increment()
      duration(of: method, &state).recordNanoseconds(elapsed.nanoseconds)
    }
  }

  private func counter(of answer: Answer, _ state: inout State) -> Counter {
    if let known = state.counters[answer] { return known }
    let dimensions = [("method", answer.method), ("status", String(answer.status))]
    let made = Counter(label: "meanwhile_http_requests_total", dimensions: dimensions, factory: factory)
    state.counters[answer] = made
    return made
  }

  private func duration(of method: String, _ state: inout State) -> Timer {
    if let known = state.durations[method] { return known }
    let made = Timer(label: "meanwhile_http_request_duration_seconds", dimensions: [("method", method)], factory: factory)
    state.durations[method] = made
    return made
  }
}
#endif
