/// Is told what happens to tasks: the source of logs, metrics and statistics. Calls come in order, from the manager; an observer must return at once.
public protocol Observer: Sendable {
  func observe(_ event: TaskEvent)
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
  /// Since the task was submitted.
  public var elapsed: TimeValue

  public init(kind: Kind, taskID: TaskID, language: String, dialect: String, at: Timestamp, elapsed: TimeValue) {
    self.kind = kind
    self.taskID = taskID
    self.language = language
    self.dialect = dialect
    self.at = at
    self.elapsed = elapsed
  }
}
