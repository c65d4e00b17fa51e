#if HTTP
import Logging
import Meanwhile
import Synchronization

/// Logs what happens to tasks: a line an event, with the task, its dialect and the time it took as metadata. Never a query or anything of its data.
///
/// The level is the kind's: what an operator must look at is a warning or an error, the end of a task is `info`, the steps on the way `debug`. Lines are
/// written one after another by a task of their own, so that a handler that takes its time delays no query. Where it takes too long, lines are left out,
/// and the next one says how many.
public final class TaskEventLogger: Observer {
  /// How many lines may wait to be written.
  private static let linesMax = 10_000

  private let lines: AsyncStream<TaskEvent>.Continuation
  private let dropped: Mutex<Int>
  private let logLevel: Logger.Level

  /// - Parameter logger: where the lines go.
  public init(_ logger: Logger) {
    let (events, lines) = AsyncStream<TaskEvent>.makeStream(bufferingPolicy: .bufferingOldest(Self.linesMax))
    self.lines = lines
    dropped = Mutex(0)
    logLevel = logger.logLevel
    Task { [weak self] in
      for await event in events { Self.log(event, dropped: self?.takeDropped() ?? 0, to: logger) }
    }
  }

  deinit { lines.finish() }

  public func observe(_ event: TaskEvent) {
    guard event.kind.logLevel >= logLevel else { return }
    if case .dropped = lines.yield(event) { dropped.withLock { $0 += 1 } }
  }

  private func takeDropped() -> Int {
    dropped.withLock { dropped in
      defer { dropped = 0 }
      return dropped
    }
  }

  private static func log(_ event: TaskEvent, dropped: Int, to logger: Logger) {
    var metadata: Logger.Metadata = [
      "task": "\(event.taskID.task)", "dialect": "\(event.dialect)", "elapsed_millis": "\(event.elapsed.milliseconds)",
    ]
    if dropped > 0 { metadata["lines_left_out"] = "\(dropped)" }
    logger.log(level: event.kind.logLevel, "task \(event.kind.rawValue)", metadata: metadata)
  }
}

extension TaskEventLogger {
  /// Logs to standard error.
  ///
  /// - Parameter level: the least that is logged: `trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`; anything else means `warning`.
  public convenience init(level: String) {
    var logger = Logger(label: "meanwhile.tasks") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = Logger.Level(rawValue: level) ?? .warning
    self.init(logger)
  }
}

extension TaskEvent.Kind {
  /// How much an operator wants to know of it.
  fileprivate var logLevel: Logger.Level { Self.logLevels[self] ?? .debug }

  private static let logLevels: [TaskEvent.Kind: Logger.Level] = [
    .recovered: .info, .completed: .info, .failed: .info, .cancelled: .info, .stopped: .info, .expired: .info, .deleted: .info,
    .rejected: .warning, .persistFailed: .error,
  ]
}
#endif
