/// What follows from a task's state: what the store should hold, who can be answered, whether the task may be forgotten.
extension TaskMachine {
  /// Brings everything about a task in line with what it is now. Called after each change.
  mutating func settle(_ number: TaskNumber) {
    // Whatever the event was, and however late the timer: what has expired is shown to nobody.
    if let task = tasks[number], isExpired(task) { expire(number) }
    if let write = tasks[number]?.nextWrite() { emit(.write(number, write)) }
    answerWaiters(of: number)
    guard let task = tasks[number], task.isIdle else { return }
    expiries.remove(number)
    count(number, from: task.phase, to: nil)
    tasks[number] = nil
    emit(.forget(number))
  }

  /// Answers each one who waits for a task and can be answered, in the order in which they came.
  mutating func answerWaiters(of number: TaskNumber) {
    for token in tasks[number]?.waiters ?? [] {
      guard let task = tasks[number], let waiter = waiters[token], let answer = answer(to: waiter, about: task) else { continue }
      forget(token)
      emit(.answer(token, answer))
      if case .refused = answer, waiter.kind == .submit {
        // The client has no id, so nobody will ever ask.
        discard(number, farewell: task.farewell ?? .taskCancelled("the query could not be kept"))
        if let write = tasks[number]?.nextWrite() { emit(.write(number, write)) }
      }
    }
  }

  /// The answer to one who waits; nil while there is none.
  private func answer(to waiter: Waiter, about task: LiveTask) -> Answer? {
    if waiter.kind == .delete { return answerToDelete(about: task) }
    guard task.isVisible else { return .refused(task.farewell ?? .notFound(task.record.id)) }
    let isPromiseKept = waiter.revision <= task.durability.writtenRevision || task.wanted == .nothing
    if task.phase.isFinished, isPromiseKept, task.wanted <= task.durability.written { return .finished(task.snapshot(at: now)) }
    let awaitsStore = task.phase.isFinished || !isPromiseKept || (waiter.kind == .submit && waiter.isOverdue)
    if awaitsStore, let failure = task.durability.failure { return .refused(failure) }
    guard waiter.isOverdue || waiter.sees(changeOf: task), !task.phase.isFinished, isPromiseKept else { return nil }
    return waiter.kind == .submit && task.durability.written < .request ? nil : .running(task.snapshot(at: now))
  }

  private func answerToDelete(about task: LiveTask) -> Answer? {
    if let failure = task.durability.failure { return .refused(failure) }
    return task.durability.agrees(with: .nothing) ? .acknowledged : nil
  }

  /// A call of the store has returned.
  mutating func written(_ number: TaskNumber, _ failure: APIError?) {
    guard let before = tasks[number]?.durability.written, let stage = tasks[number]?.durability.finishWrite(failure) else { return }
    guard let task = tasks[number] else { return }
    if before < .outcome, stage == .outcome { observe(failure == nil ? .persisted : .persistFailed, task) }
    if failure == nil, task.awaitsAttempt {
      tasks[number]?.awaitsAttempt = false
      enqueue(number)
    }
    settle(number)
  }

  // MARK: Time

  mutating func tick() {
    while let number = runDeadlines.popDue(at: now.uptimeNanoseconds) {
      guard let runMax = tasks[number]?.record.runMax else { continue }
      cancel(number, because: .ranTooLong(runMax))
    }
    while let number = expiries.popDue(at: now.wall) {
      settle(number)
    }
    while let token = waitDeadlines.popDue(at: now.uptimeNanoseconds) {
      guard let waiter = waiters[token] else { continue }
      waiters[token]?.isOverdue = true
      acknowledge(waiter)
      settle(waiter.task)
    }
  }

  func isExpired(_ task: LiveTask) -> Bool { task.record.expires <= now.wall }

  /// Ends a task whose keep-alive has passed. Whoever waits for its submission has no id that could be unknown.
  mutating func expire(_ number: TaskNumber) {
    guard let task = tasks[number], task.isVisible else { return }
    observe(.expired, task)
    for token in task.waiters where waiters[token]?.kind == .submit {
      forget(token)
      emit(.answer(token, .refused(.taskCancelled("the keep-alive has passed"))))
    }
    discard(number, farewell: .notFound(task.record.id))
  }

  /// Removes what the store lists as expired, and tries again what could not be written.
  mutating func sweep(_ expired: [TaskNumber]) {
    for number in tasks.keys.sorted() where tasks[number]?.durability.failure != nil {
      tasks[number]?.durability.failure = nil
      settle(number)
    }
    for number in expired where tasks[number] == nil && loading[number] == nil {
      loading[number] = []
      emit(.load(number))
    }
  }

  // MARK: The end

  /// Whether nothing runs, waits to run, or is being written.
  var isQuiet: Bool {
    tasks.values.allSatisfy { !$0.phase.isUnfinished && !$0.phase.hasRun && $0.durability.inFlight == nil }
  }

  /// Ends what still runs. What is durable stays so, and does not count this attempt: the server was not brought down by it.
  mutating func abort() {
    isClosing = true
    for number in tasks.keys.sorted() {
      guard let task = tasks[number], task.phase.isUnfinished else { continue }
      if task.isAcknowledged {
        tasks[number]?.isLeftToNextStart = true
        tasks[number]?.record.attempts = max(0, task.record.attempts - 1)
        tasks[number]?.durability.revision += 1
      }
      discard(number, farewell: .shuttingDown)
      settle(number)
    }
  }
}

extension TaskMachine.Waiter {
  /// Whether it waits for another state than one that it knows, and the task has one.
  fileprivate func sees(changeOf task: LiveTask) -> Bool {
    guard case .watch(let known) = kind else { return false }
    return task.phase.state != known
  }
}

extension LiveTask {
  mutating func nextWrite() -> TaskMachine.Write? { durability.nextWrite(of: record, towards: wanted) }
}
