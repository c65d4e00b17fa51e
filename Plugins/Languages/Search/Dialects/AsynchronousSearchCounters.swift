import Meanwhile
import Synchronization

/// Counts what happens to the searches of a dialect, since the server's start: OpenSearch's `asynchronous_search_stats`.
final class AsynchronousSearchCounters: Observer {
  private struct Counts {
    var submitted = 0
    var initialized = 0
    var running = 0
    var persisted = 0
    var failed = 0
    var completed = 0
    var rejected = 0
    var persistFailed = 0
    var cancelled = 0
  }

  private let dialect: String
  private let counts = Mutex(Counts())

  init(dialect: String) { self.dialect = dialect }

  func observe(_ event: TaskEvent) {
    guard event.dialect == dialect else { return }
    counts.withLock { counts in
      switch event.kind {
      case .submitted: counts.submitted += 1
      case .admitted, .recovered:
        counts.initialized += 1
        counts.running += 1
      case .rejected: counts.rejected += 1
      case .completed:
        counts.completed += 1
        counts.running -= 1
      case .failed:
        counts.failed += 1
        counts.running -= 1
      case .cancelled:
        counts.cancelled += 1
        counts.running -= 1
      case .persisted: counts.persisted += 1
      case .persistFailed: counts.persistFailed += 1
      case .started, .progressed, .stopped, .expired, .deleted: break
      }
    }
  }

  /// The response of the `stats` endpoints.
  func body(of service: Service) -> JSONValue {
    let now = counts.withLock { $0 }
    let numbers: [(String, Int)] = [
      ("submitted", now.submitted), ("initialized", now.initialized), ("running_current", now.running), ("persisted", now.persisted),
      ("search_failed", now.failed), ("search_completed", now.completed), ("rejected", now.rejected), ("persist_failed", now.persistFailed),
      ("cancelled", now.cancelled),
    ]
    let statistics = JSONObject(numbers.map { JSONObject.Member(name: $0.0, value: .integer(Int64($0.1))) })
    let node: JSONObject = ["asynchronous_search_stats": .object(statistics)]
    return [
      "_nodes": ["total": 1, "successful": 1, "failed": 0], "cluster_name": .string(service.configuration.clusterName),
      "nodes": .object(JSONObject([JSONObject.Member(name: service.nodeID, value: .object(node))])),
    ]
  }
}
