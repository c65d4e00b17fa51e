/// A task as the machine holds it: its record, its phase, and who waits for it.
struct LiveTask: Sendable {
  var record: TaskRecord
  let isAsynchronous: Bool
  let keepsFailures: Bool
  private(set) var phase: TaskPhase
  var durability = TaskDurability()
  /// In order of arrival.
  var waiters: [WaiterToken] = []
  /// The submit's wait ran out: the client is given the id, so the result is kept.
  var isAcknowledged = false
  /// Somebody asked it to finish early, perhaps before it began.
  var isStopAsked = false
  /// Why it was cancelled; its run then ends with this, whatever it says.
  var cancellation: APIError?
  /// What those who wait are told when it is discarded.
  var farewell: APIError?
  /// The server ends: it is gone for clients, but the store keeps it for the next start.
  var isLeftToNextStart = false
  /// Recovered, and to be queued once the new attempt is durable.
  var awaitsAttempt = false
  /// Uptime at submission; nil for a task of an earlier start.
  let submittedUptime: UInt64?
  /// Uptime at the beginning of its run.
  var startedUptime: UInt64?

  init(
    _ record: TaskRecord, isAsynchronous: Bool, keepsFailures: Bool = true, phase: TaskPhase, submittedUptime: UInt64? = nil
  ) {
    self.record = record
    self.isAsynchronous = isAsynchronous
    self.keepsFailures = keepsFailures
    self.phase = phase
    self.submittedUptime = submittedUptime
  }

  /// Only ``TaskMachine/advance(_:_:)`` calls this, since it keeps count.
  mutating func enter(_ next: TaskPhase) {
    phase = next
    if let state = next.state { record.state = state }
  }

  /// The one rule of what outlives its answer: what the client asked to keep, and what it was given an id for.
  var isKept: Bool {
    guard isAsynchronous else { return false }
    return isAcknowledged || (record.keepOnCompletion && (phase != .failed || keepsFailures))
  }

  /// What the store should hold of it.
  var wanted: TaskDurability.Stage {
    if isLeftToNextStart { return durability.written }
    switch phase {
    case .queued, .running, .stopping: return isAcknowledged ? .request : .nothing
    case .completed, .failed: return isKept ? .outcome : .nothing
    case .discarded, .gone: return .nothing
    }
  }

  /// Whether nothing is left to do for it.
  var isIdle: Bool {
    guard waiters.isEmpty, durability.agrees(with: wanted) else { return false }
    return phase == .gone || phase.isFinished
  }

  func elapsed(at now: Moment) -> TimeValue {
    if let completed = record.completed { return .milliseconds(max(0, completed.milliseconds &- record.submitted.milliseconds)) }
    guard let submittedUptime else { return .milliseconds(max(0, now.wall.milliseconds &- record.submitted.milliseconds)) }
    return TimeValue(nanoseconds: Int64(clamping: now.uptimeNanoseconds &- min(submittedUptime, now.uptimeNanoseconds)))
  }

  /// How long its run has gone on; nil before it began.
  func running(at now: Moment) -> TimeValue? {
    startedUptime.map { TimeValue(nanoseconds: Int64(clamping: now.uptimeNanoseconds &- min($0, now.uptimeNanoseconds))) }
  }

  /// What observers are told of it.
  func event(_ kind: TaskEvent.Kind, at now: Moment) -> TaskEvent {
    TaskEvent(
      kind: kind, taskID: record.id, language: record.language, dialect: record.dialect, at: now.wall, elapsed: elapsed(at: now),
      running: running(at: now), progress: record.progress)
  }

  func snapshot(at now: Moment) -> TaskSnapshot {
    TaskSnapshot(
      record: record, isAsynchronous: isAsynchronous, hasID: isAsynchronous && (phase.isUnfinished || isKept),
      isCancelled: cancellation != nil, elapsed: elapsed(at: now), now: now.wall)
  }
}

/// A task as it was at one moment.
struct TaskSnapshot: Sendable {
  var record: TaskRecord
  var isAsynchronous: Bool
  /// Whether the id answers later.
  var hasID: Bool
  var isCancelled: Bool
  var elapsed: TimeValue
  var now: Timestamp
}
