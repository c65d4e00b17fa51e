/// Where a task is in its life, as clients see it. What may follow on what is a table, `TaskPhase.transitions`, that the manager runs on.
///
///     queued ──► running ──► completed
///       │          │ │  └──► failed
///       │          │ └─► stopping ──► completed (partial) | failed
///       └──────────┴─► (deleted, expired: the record is gone)
public enum TaskState: String, Sendable, Hashable, CaseIterable {
  /// Admitted, waiting for a place among the running.
  case queued
  case running
  /// Told to finish early; still running.
  case stopping
  case completed
  case failed

  public var isFinished: Bool { self == .completed || self == .failed }
}
