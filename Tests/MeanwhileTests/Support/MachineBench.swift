@testable import Meanwhile

/// A machine on the bench: events in, effects recorded, time in the hand of the test.
struct MachineBench {
  var machine: TaskMachine
  var moment = Moment(wall: Timestamp(milliseconds: 1_000_000), uptimeNanoseconds: 0)
  /// What came out of the last event.
  var effects: [TaskMachine.Effect] = []
  var answers: [WaiterToken: TaskMachine.Answer] = [:]
  var events: [TaskEvent.Kind] = []
  /// What observers were told last.
  var lastEvent: TaskEvent?
  private var nextNumber: TaskNumber = 1
  private var nextToken: WaiterToken = 1

  init(runningMax: Int = 10, queuedMax: Int = 1_000, queuedPerOwnerMax: Int = 1_000) {
    var limits = ServiceLimits()
    limits.runningMax = runningMax
    limits.queuedMax = queuedMax
    limits.queuedPerOwnerMax = queuedPerOwnerMax
    self.init(limits)
  }

  init(_ limits: ServiceLimits) { machine = TaskMachine(limits: limits) }

  mutating func send(_ event: TaskMachine.Event) {
    effects = machine.apply(event, at: moment)
    for effect in effects {
      switch effect {
      case .answer(let token, let answer): answers[token] = answer
      case .observe(let event):
        events.append(event.kind)
        lastEvent = event
      default: break
      }
    }
  }

  mutating func pass(_ time: TimeValue) {
    moment.wall = moment.wall.advanced(by: time)
    moment.uptimeNanoseconds = moment.uptime(after: time)
    send(.tick)
  }

  static func id(_ number: TaskNumber) -> TaskID {
    TaskID(document: "cIEFuafBSwGcPH9HZzuRFA", node: "iqegxxsTSXShp7gcaRhDgQ", number: number)
  }

  mutating func token() -> WaiterToken {
    defer { nextToken += 1 }
    return nextToken
  }

  /// Submits a task; its waiter's token is returned beside its number.
  @discardableResult
  mutating func submit(
    owner: String? = nil, wait: TimeValue? = .zero, keepAlive: TimeValue = .days(5), keeps: Bool = false, isAsynchronous: Bool = true,
    concurrency: ConcurrencyLimit? = nil, runMax: TimeValue? = nil
  ) -> (number: TaskNumber, token: WaiterToken) {
    let number = nextNumber
    nextNumber += 1
    var record = TaskRecord(
      id: Self.id(number), language: "toy", dialect: "toy",
      request: StoredRequest(method: .post, path: "/", parameters: [:], pathParameters: [:], body: []), description: "",
      submitted: moment.wall, expires: moment.wall.advanced(by: keepAlive), keepOnCompletion: keeps)
    record.owner = owner
    record.runMax = runMax
    let token = token()
    send(
      .submit(
        TaskMachine.Submission(
          record: record, isAsynchronous: isAsynchronous, keepsFailures: true, concurrency: concurrency, waiter: token,
          wait: wait)))
    return (number, token)
  }

  mutating func ask(
    _ kind: TaskMachine.Question.Kind, _ number: TaskNumber, owner: String? = nil, wait: TimeValue? = nil, keepAlive: TimeValue? = nil
  ) -> WaiterToken {
    let token = token()
    send(
      .ask(
        TaskMachine.Question(kind: kind, id: Self.id(number), owner: owner, waiter: token, wait: wait, keepAlive: keepAlive)))
    return token
  }

  /// Brings a task to a phase, by events alone. With one place among the running, a queued one waits behind another.
  mutating func bring(to phase: TaskPhase) -> TaskNumber {
    if phase == .queued { submit(wait: nil) }
    let number = submit(wait: nil, keeps: true).number
    switch phase {
    case .queued, .running: break
    case .stopping: _ = ask(.stop, number)
    case .completed: send(.ended(number, .completed(isPartial: false)))
    case .failed: send(.ended(number, .failed(.illegalArgument("x"))))
    case .discarded, .gone: _ = ask(.delete, number)
    }
    return number
  }

  /// Sends the event that is to a trigger what a client or a run would do.
  mutating func pull(_ trigger: TaskPhase.Trigger, on number: TaskNumber) {
    switch trigger {
    case .start: send(.ended(1, .completed(isPartial: false)))
    case .stop: _ = ask(.stop, number)
    case .complete: send(.ended(number, .completed(isPartial: false)))
    case .fail: send(.ended(number, .failed(.illegalArgument("x"))))
    case .discard: _ = ask(.delete, number)
    }
  }

  var writes: [TaskMachine.Write] {
    effects.compactMap { if case .write(_, let write) = $0 { write } else { nil } }
  }

  var started: [TaskNumber] {
    effects.compactMap { if case .start(let number) = $0 { number } else { nil } }
  }
}

extension TaskMachine.Answer {
  var isRunning: Bool { if case .running = self { true } else { false } }
  var isFinished: Bool { if case .finished = self { true } else { false } }
  var isAcknowledged: Bool { if case .acknowledged = self { true } else { false } }
  var refusal: APIError? { if case .refused(let error) = self { error } else { nil } }
  var snapshot: TaskSnapshot? {
    switch self {
    case .running(let snapshot), .finished(let snapshot): snapshot
    default: nil
    }
  }
}
