/// Where a task is in its life, as the manager sees it: what clients see (``TaskState``), and the two phases that they do not.
///
///                         ┌────────── fail ───────────┐
///                         │                           ▼
///     (admitted) ──► queued ── start ──► running ── fail ──► failed ───────┐
///                         │              │  │  │              ▲            │
///                         │        stop ─┘  │  └─ complete ─► completed    │ discard
///                         │         ▼       │                 ▲  │         │
///                         │     stopping ───┼── complete, fail ┘ │         │
///                         │         │       │                    │         │
///                 discard │ discard └──┬────┘ discard            │ discard │
///                         │            ▼                         │         │
///                         │        discarded ─ complete, fail ─┐ │         │
///                         ▼                                    ▼ ▼         ▼
///                         └───────────────────────────────────► gone ◄─────┘
///
/// *Discard* is what a deletion, an expiry and a client's going have in common: for clients the task is gone at once. A run that was told to
/// cancel keeps its place among the running until it has ended, so that what runs never passes the limit; that is `discarded`.
///
/// The picture is the table ``transitions``, and the table is what the code runs on: whatever it does not list does not happen.
enum TaskPhase: Sendable, Hashable, CaseIterable {
  case queued, running, stopping, completed, failed, discarded, gone

  enum Trigger: Sendable, Hashable, CaseIterable {
    /// It got a place among the running.
    case start
    /// Somebody asked it to finish early.
    case stop
    /// The run ended with an output.
    case complete
    /// The run ended with an error, or there can be no run.
    case fail
    /// Nobody is to see it any more.
    case discard
  }

  struct Step: Sendable, Hashable {
    var from: TaskPhase
    var trigger: Trigger
  }

  static let transitions: [Step: TaskPhase] = [
    Step(from: .queued, trigger: .start): .running,
    Step(from: .queued, trigger: .fail): .failed,
    Step(from: .queued, trigger: .discard): .gone,
    Step(from: .running, trigger: .stop): .stopping,
    Step(from: .running, trigger: .complete): .completed,
    Step(from: .running, trigger: .fail): .failed,
    Step(from: .running, trigger: .discard): .discarded,
    Step(from: .stopping, trigger: .complete): .completed,
    Step(from: .stopping, trigger: .fail): .failed,
    Step(from: .stopping, trigger: .discard): .discarded,
    Step(from: .completed, trigger: .discard): .gone,
    Step(from: .failed, trigger: .discard): .gone,
    Step(from: .discarded, trigger: .complete): .gone,
    Step(from: .discarded, trigger: .fail): .gone,
  ]

  /// The phase that a trigger leads to; nil where the picture has no such arrow.
  func after(_ trigger: Trigger) -> TaskPhase? {
    Self.transitions[Step(from: self, trigger: trigger)]
  }

  /// What clients see; nil where they see nothing.
  var state: TaskState? {
    switch self {
    case .queued: .queued
    case .running: .running
    case .stopping: .stopping
    case .completed: .completed
    case .failed: .failed
    case .discarded, .gone: nil
    }
  }

  /// Whether there is an outcome to come that somebody wants.
  var isUnfinished: Bool { self == .queued || self == .running || self == .stopping }

  var isFinished: Bool { self == .completed || self == .failed }

  /// Whether a run goes on, wanted or not.
  var hasRun: Bool { self == .running || self == .stopping || self == .discarded }

  init(_ state: TaskState) {
    switch state {
    case .queued: self = .queued
    case .running: self = .running
    case .stopping: self = .stopping
    case .completed: self = .completed
    case .failed: self = .failed
    }
  }
}
