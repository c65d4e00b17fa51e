/// Is told what happens to tasks: the source of logs, metrics and statistics. Calls come in order, from the manager; an observer must return at once.
///
/// What an observer is told, and when, is public interface: see ``TaskEvent/Kind``.
///
/// Shipped implementations: the Search language's counters of OpenSearch's statistics, and the server's log and metrics.
public protocol Observer: Sendable {
  func observe(_ event: TaskEvent)

  /// Whether it wants to be told of progress too, about once a second for each run that came further. The default is false.
  var wantsProgress: Bool { get }
}

extension Observer {
  public var wantsProgress: Bool { false }
}

/// One thing that happened to a task.
public struct TaskEvent: Sendable {
  /// Every submitted task is either admitted or rejected. Every task that was admitted or recovered ends as exactly one of completed, failed and
  /// cancelled. The other kinds come beside these.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case submitted, admitted, rejected
    /// Taken over, unfinished, from an earlier start of the server.
    case recovered
    /// Its run began.
    case started
    /// Its run came further. Only those hear of it who ask for it: ``Observer/wantsProgress``.
    case progressed
    case completed, failed
    /// It ended before it had an outcome: it was cancelled or deleted, it expired, or its client went away.
    case cancelled
    /// It was told to finish early; its outcome is still to come.
    case stopped
    case expired, deleted
    /// Its outcome is durable.
    case persisted
    /// The store could not keep its outcome.
    case persistFailed
  }

  public var kind: Kind
  public var taskID: TaskID
  /// The language's name.
  public var language: String
  /// The dialect's name.
  public var dialect: String
  public var at: Timestamp
  /// Since the task was submitted, before this start of the server too; at its end, what it took in total.
  public var elapsed: TimeValue
  /// Since its run began; nil where none has, in this start of the server.
  public var running: TimeValue?
  /// How far its run is, in ``Kind/progressed`` and from its end on.
  public var progress: QueryProgress.Reading

  /// How long it waited for its turn, so far or until it began.
  public var queued: TimeValue { TimeValue(nanoseconds: max(0, elapsed.nanoseconds - (running?.nanoseconds ?? 0))) }

  public init(
    kind: Kind, taskID: TaskID, language: String, dialect: String, at: Timestamp, elapsed: TimeValue, running: TimeValue? = nil,
    progress: QueryProgress.Reading = QueryProgress.Reading()
  ) {
    self.kind = kind
    self.taskID = taskID
    self.language = language
    self.dialect = dialect
    self.at = at
    self.elapsed = elapsed
    self.running = running
    self.progress = progress
  }
}
