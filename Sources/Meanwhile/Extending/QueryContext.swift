/// What a running query is given.
public struct QueryContext: Sendable {
  /// The task this run belongs to.
  public let taskID: TaskID
  /// Who asks, and what the service offers.
  public let session: Session
  /// What the run must heed.
  public let signals: QuerySignals
  /// Where the run says how far it is.
  public let progress: QueryProgress
  /// What memory that grows with data is drawn from.
  public let memory: MemoryBudget
  /// Where a run that can leaves what it has so far.
  public let partial: PartialOutput

  public init(
    taskID: TaskID, session: Session, signals: QuerySignals = QuerySignals(), progress: QueryProgress = QueryProgress(),
    memory: MemoryBudget = MemoryBudget(), partial: PartialOutput = PartialOutput()
  ) {
    self.taskID = taskID
    self.session = session
    self.signals = signals
    self.progress = progress
    self.memory = memory
    self.partial = partial
  }

  /// The same run on behalf of another session.
  func with(_ session: Session) -> QueryContext {
    QueryContext(taskID: taskID, session: session, signals: signals, progress: progress, memory: memory, partial: partial)
  }
}
