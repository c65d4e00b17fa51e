#if CLI
import ArgumentParser
import Meanwhile

/// Follows a task by its events until it ends.
struct TaskWatch: Sendable {
  let service: any ServiceAccess
  /// The path of the task's own endpoint.
  let path: String

  /// How a task ended.
  enum Outcome: Sendable, Equatable {
    case completed
    case failed(String)
    /// It was told to finish early, and has a partial result.
    case stopped
    /// It was deleted, or it expired.
    case gone(String)

    /// What the command ends with; 0 for what completed.
    var exitStatus: Int32 {
      switch self {
      case .completed: 0
      case .failed: 1
      case .stopped: 3
      case .gone: 4
      }
    }
  }

  /// What a shell reports for a program that Control-C ended.
  static let interrupted = ExitCode(130)

  static let exitCodes =
    "Exit status: 0 it completed, 1 it failed, 3 it was stopped early, 4 it was deleted or has expired, 130 interrupted."

  /// - Parameters:
  ///   - display: shows how far it is.
  ///   - signals: what interrupts it.
  /// - Returns: nil when interrupted; the task goes on.
  func run(on display: WatchDisplay, until signals: AsyncStream<Void> = StopSignals.heeded()) async throws -> Outcome? {
    defer { display.clear() }
    return try await StopSignals.untilFirst(of: signals) { try await follow(on: display) }
  }

  private func follow(on display: WatchDisplay) async throws -> Outcome {
    let answer = try await service.open(
      EndpointRequest(.get, path + "/events", parameters: ["interval": display.interval.text]))
    guard answer.status == 200 else {
      _ = try await answer.whole().json()
      throw CommandFailure("the server answered with status \(answer.status)")
    }
    var reader = ServerSentEventReader()
    for try await chunk in answer.body {
      for event in reader.take(chunk) {
        let status = try JSONValue.parse(Array(event.data.utf8))
        if let outcome = Outcome(event.name, status) { return outcome }
        display.show(status)
      }
    }
    throw CommandFailure("the server ended the stream of events before the task ended")
  }
}

extension TaskWatch.Outcome {
  /// Nil for an event that does not end a task.
  init?(_ event: String, _ status: JSONValue) {
    switch event {
    case "completed": self = .completed
    case "failed": self = .failed(CommandFailure(reported: status, status: 500).description)
    case "stopped": self = .stopped
    case "deleted": self = .gone(status["reason"]?.string ?? "deleted")
    default: return nil
    }
  }
}
#endif
