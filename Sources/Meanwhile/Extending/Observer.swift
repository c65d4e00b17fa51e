/// Is told what happens to tasks: the source of logs, metrics and statistics. Calls come in order, from the manager; an observer must return at once.
public protocol Observer: Sendable {
  func observe(_ event: TaskEvent)
}

/// One thing that happened to a task.
public struct TaskEvent: Sendable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case submitted, admitted, rejected, started, completed, failed, stopped, cancelled, expired, deleted
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
