import Meanwhile
import Synchronization

/// What queries wait at until it is opened. It closes again behind those who were waiting.
final class Gate: Sendable {
  private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

  var count: Int { waiting.withLock { $0.count } }

  func wait() async {
    await withCheckedContinuation { continuation in waiting.withLock { $0.append(continuation) } }
  }

  func open() {
    let released = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    for continuation in released { continuation.resume() }
  }
}

/// `GET /_gate` counts who waits; `POST /_gate/open` lets them go, and says when.
struct GateEndpoints: EndpointProvider {
  let gate: Gate

  var routes: [Route] {
    [
      Route(.get, "/_gate", summary: "How many queries wait at the gate.", privilege: .authenticated("toy")) { _, _ in
        .json(["waiting": .integer(Int64(gate.count))])
      },
      Route(.post, "/_gate/open", summary: "Ends all queries that wait at the gate.", privilege: .authenticated("toy")) { _, _ in
        let opened = MonotonicClock.nanoseconds
        gate.open()
        return .json(["opened_ns": .integer(opened)])
      },
    ]
  }
}
