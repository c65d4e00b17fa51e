#if HTTP
import Meanwhile
import Synchronization

/// A language whose queries go on until they may end or are cancelled.
struct WaitingLanguage: QueryLanguage {
  static let name = "waiting"
  let probe: Probe

  /// What tests look at and steer.
  final class Probe: Sendable {
    let isRunning = Signal()
    let mayEnd = Signal()
    let wasCancelled = Signal()
  }

  func prepare(_ request: EndpointRequest, for session: Session) async throws -> JSONValue { .null }

  func run(_ query: JSONValue, in context: QueryContext) async throws -> JSONOutput {
    probe.isRunning.raise()
    while !probe.mayEnd.isRaised {
      if context.signals.isCancelled {
        probe.wasCancelled.raise()
        throw CancellationError()
      }
      try? await Task.sleep(for: .milliseconds(2))
    }
    return JSONOutput(["answer": 42])
  }
}
#endif
