/// The manager's mind: every task that lives or is asked about, as a synchronous state machine. An event goes in, effects come out.
///
/// It has no clock, no randomness, no concurrency and no storage of its own: ``AsyncTaskManager`` tells it what happened and when, and carries out
/// what it answers. So a test can drive it through any order of events, and the same events always give the same effects.
///
/// Three rules carry it:
///
/// - **A task's life is a table** (``TaskPhase``).
/// - **What is durable is level-triggered** (``TaskDurability``): from a task's phase follows what the store should hold of it; where it holds something else and
///   no call of the store is under way, one is made. When it returns, the two are compared again.
/// - **Answers are level-triggered too**: after every change of a task, each one who waits for it is answered if its question can be (``settle(_:)``).
///
/// A finished task leaves the machine once the store has it and nobody waits; a question about it brings it back for as long as it takes.
struct TaskMachine {
  var limits: ServiceLimits
  var tasks: [TaskNumber: LiveTask] = [:]
  var waiters: [WaiterToken: Waiter] = [:]
  /// Questions about tasks that are being loaded from the store.
  var loading: [TaskNumber: [Question]] = [:]
  /// How many clients those are.
  var loadingWaiterCount = 0
  var queue = FairQueue()
  /// Runs that go on, wanted or not; never more than `limits.runningMax`.
  private(set) var runningCount = 0
  /// Queued and running tasks by dialect.
  private(set) var unfinishedCounts: [String: Int] = [:]
  /// When waits run out, in nanoseconds of uptime.
  var waitDeadlines = DeadlineHeap<WaiterToken, UInt64>()
  /// When runs have gone on for too long, in nanoseconds of uptime.
  var runDeadlines = DeadlineHeap<TaskNumber, UInt64>()
  /// How much the store holds, as it last said.
  var usage = TaskStoreUsage()
  /// When tasks expire, in milliseconds of the wall clock.
  var expiries = DeadlineHeap<TaskNumber, Timestamp>()
  /// No task is admitted any more.
  var isClosing = false
  var now = Moment(wall: Timestamp(milliseconds: 0), uptimeNanoseconds: 0)
  private var effects: [Effect] = []

  init(limits: ServiceLimits) { self.limits = limits }

  /// Takes in what happened.
  ///
  /// - Returns: what to do now, in order.
  mutating func apply(_ event: Event, at moment: Moment) -> [Effect] {
    now = moment
    switch event {
    case .submit(let submission): admit(submission)
    case .recover(let record): recover(record)
    case .ended(let number, let outcome, let progress): end(number, with: outcome, progress)
    case .ask(let question): ask(question)
    case .abandon(let waiter): abandon(waiter)
    case .cancel(let number, let error): cancel(number, because: error)
    case .written(let number, let failure, let usage):
      if let usage { self.usage = usage }
      written(number, failure)
    case .loaded(let number, let record): loaded(number, record)
    case .loadFailed(let number, let error): loadFailed(number, error)
    case .usage(let usage): self.usage = usage
    case .limit(let limits): limit(to: limits)
    case .tick: tick()
    case .sweep(let expired): sweep(expired)
    case .close: isClosing = true
    case .abort: abort()
    }
    defer { effects = [] }
    return effects
  }

  /// Clients that wait for an answer, at a task or while it is being loaded.
  var waitingCount: Int { waiters.count + loadingWaiterCount }

  /// How long until something is due; nil while nothing is.
  func timeUntilDue(at moment: Moment) -> TimeValue? {
    var due: TimeValue?
    if waitDeadlines.earliest != nil || runDeadlines.earliest != nil {
      let deadline = min(waitDeadlines.earliest ?? .max, runDeadlines.earliest ?? .max)
      due = TimeValue(nanoseconds: Int64(clamping: deadline - min(deadline, moment.uptimeNanoseconds)))
    }
    guard let expiry = expiries.earliest else { return due }
    let untilExpiry = TimeValue.milliseconds(max(0, expiry.milliseconds &- moment.wall.milliseconds))
    return due.map { min($0, untilExpiry) } ?? untilExpiry
  }

  mutating func emit(_ effect: Effect) { effects.append(effect) }

  mutating func observe(_ kind: TaskEvent.Kind, _ task: LiveTask) {
    emit(.observe(task.event(kind, at: now)))
  }

  /// Moves a task along the picture, and keeps count.
  ///
  /// - Returns: whether there is such an arrow; without one nothing has changed.
  @discardableResult
  mutating func advance(_ number: TaskNumber, _ trigger: TaskPhase.Trigger) -> Bool {
    guard let before = tasks[number]?.phase, let after = before.after(trigger) else { return false }
    tasks[number]?.enter(after)
    if !after.hasRun { runDeadlines.remove(number) }
    count(number, from: before, to: after)
    return true
  }

  /// Keeps the counts that limits are about.
  mutating func count(_ number: TaskNumber, from before: TaskPhase?, to after: TaskPhase?) {
    guard let dialect = tasks[number]?.record.dialect else { return }
    runningCount += (after?.hasRun == true ? 1 : 0) - (before?.hasRun == true ? 1 : 0)
    let unfinished = (after?.isUnfinished == true ? 1 : 0) - (before?.isUnfinished == true ? 1 : 0)
    unfinishedCounts[dialect, default: 0] += unfinished
    if unfinishedCounts[dialect] == 0 { unfinishedCounts[dialect] = nil }
  }
}

/// A point in time on both clocks: the wall's, for what clients are told, and the one that never goes back, for waits.
struct Moment: Sendable, Hashable {
  var wall: Timestamp
  var uptimeNanoseconds: UInt64

  /// The uptime after a time value; saturates.
  func uptime(after value: TimeValue) -> UInt64 {
    let (sum, overflow) = uptimeNanoseconds.addingReportingOverflow(UInt64(clamping: value.nanoseconds))
    return overflow ? .max : sum
  }
}
