/// How tasks come in, get a place, and end.
extension TaskMachine {
  mutating func admit(_ submission: Submission) {
    var task = LiveTask(
      submission.record, isAsynchronous: submission.isAsynchronous, keepsFailures: submission.keepsFailures,
      phase: .queued, submittedUptime: now.uptimeNanoseconds)
    observe(.submitted, task)
    if let refusal = refusal(of: submission) {
      observe(.rejected, task)
      emit(.answer(submission.waiter, .refused(refusal)))
      emit(.forget(task.number))
      return
    }
    task.record.attempts = 1
    task.waiters = [submission.waiter]
    insert(task)
    observe(.admitted, task)
    wait(Waiter(kind: .submit, task: task.number), as: submission.waiter, for: submission.wait)
    enqueue(task.number)
    settle(task.number)
  }

  /// Why a submission cannot be taken on; nil where it can.
  private func refusal(of submission: Submission) -> APIError? {
    guard !isClosing else { return .shuttingDown }
    if let concurrency = submission.concurrency, unfinishedCounts[submission.record.dialect, default: 0] >= concurrency.limit {
      return concurrency.error
    }
    guard waitingCount < limits.waitersMax else { return .tooManyWaiters(limits.waitersMax) }
    if submission.isAsynchronous, let full = limits.exceeded(by: usage) { return full }
    guard runningCount >= limits.runningMax || !queue.isEmpty else { return nil }
    let owner = submission.record.owner
    if queue.count >= limits.queuedMax {
      return .rejected(
        "rejected execution of query: [\(runningCount)] queries run and [\(queue.count)] wait, which is the most there may be",
        retryAfterSeconds: 1)
    }
    if owner != nil, queue.count(of: owner) >= limits.queuedPerOwnerMax {
      return .rejected(
        "rejected execution of query: [\(queue.count(of: owner))] queries of this user wait, which is the most one user may have",
        retryAfterSeconds: 1)
    }
    return nil
  }

  /// Takes back a task that had not finished when the server ended. The attempt is durable before the run begins, so that a query that brings the
  /// server down cannot do so for ever.
  mutating func recover(_ record: TaskRecord) {
    var task = LiveTask(record, isAsynchronous: true, phase: .queued)
    task.durability = TaskDurability(written: .request)
    task.durability.revision = 1
    task.isAcknowledged = true
    task.awaitsAttempt = true
    task.record.state = .queued
    task.record.started = nil
    task.record.attempts += 1
    insert(task)
    observe(.recovered, task)
    if !isExpired(task), task.record.attempts > limits.attemptsMax {
      tasks[task.number]?.record.attempts = record.attempts
      fail(task.number, with: .abandonedAfter(attempts: record.attempts))
    }
    settle(task.number)
  }

  mutating func insert(_ task: LiveTask) {
    tasks[task.number] = task
    count(task.number, from: nil, to: task.phase)
    expiries.set(task.number, to: task.record.expires)
  }

  // MARK: Running

  mutating func enqueue(_ number: TaskNumber) {
    guard let task = tasks[number] else { return }
    queue.append(number, of: task.record.owner)
    startNext()
  }

  mutating func limit(to limits: ServiceLimits) {
    self.limits = limits
    startNext()
  }

  /// Gives free places to those who wait.
  mutating func startNext() {
    while runningCount < limits.runningMax, let number = queue.popFirst() {
      guard advance(number, .start), let task = tasks[number] else { continue }
      tasks[number]?.record.started = now.wall
      tasks[number]?.startedUptime = now.uptimeNanoseconds
      if let runMax = task.record.runMax { runDeadlines.set(number, to: now.uptime(after: runMax)) }
      emit(.start(number))
      if let begun = tasks[number] { observe(.started, begun) }
      if task.isStopAsked { finishEarly(number) }
      answerWaiters(of: number)
    }
  }

  mutating func finishEarly(_ number: TaskNumber) {
    if advance(number, .stop) { emit(.finishEarly(number)) }
  }

  /// A run has ended; its place is free.
  mutating func end(_ number: TaskNumber, with outcome: Outcome, _ progress: QueryProgress.Reading) {
    guard let task = tasks[number], task.phase.hasRun else { return }
    tasks[number]?.record.progress = progress
    if task.phase == .discarded {
      advance(number, .complete)
    } else if let cancellation = task.cancellation {
      fail(number, with: cancellation)
    } else {
      switch outcome {
      case .completed(_, let overlong?) where task.isKept: fail(number, with: overlong)
      case .completed(let isPartial, _): complete(number, isPartial: isPartial)
      case .failed(let error): fail(number, with: error)
      }
    }
    startNext()
    settle(number)
  }

  private mutating func complete(_ number: TaskNumber, isPartial: Bool) {
    guard let task = tasks[number], advance(number, .complete) else { return }
    tasks[number]?.record.isPartial = isPartial
    tasks[number]?.record.wasStopped = isPartial && task.isStopAsked
    finish(number, as: .completed)
  }

  /// Ends a task with an error, whether it ran or not.
  mutating func fail(_ number: TaskNumber, with error: APIError) {
    guard let task = tasks[number], advance(number, .fail) else { return }
    queue.remove(number, of: task.record.owner)
    tasks[number]?.record.failure = error
    tasks[number]?.awaitsAttempt = false
    finish(number, as: task.cancellation == nil ? .failed : .cancelled)
  }

  private mutating func finish(_ number: TaskNumber, as kind: TaskEvent.Kind) {
    guard let task = tasks[number] else { return }
    // From the elapsed time, so that the length of the task stays what the first answer said.
    tasks[number]?.record.completed = task.record.submitted.advanced(by: task.elapsed(at: now))
    observe(kind, task)
  }

  /// Makes a task gone for clients, at once. What the store holds of it is removed, and a run is told to cancel.
  mutating func discard(_ number: TaskNumber, farewell: APIError) {
    guard let task = tasks[number], advance(number, .discard) else { return }
    queue.remove(number, of: task.record.owner)
    expiries.remove(number)
    tasks[number]?.farewell = farewell
    tasks[number]?.awaitsAttempt = false
    if tasks[number]?.phase == .discarded { emit(.cancel(number)) }
    if task.phase.isUnfinished { observe(.cancelled, task) }
  }
}

extension LiveTask {
  var number: TaskNumber { record.id.number }
}

extension APIError {
  /// The server ends.
  static var shuttingDown: APIError {
    APIError(type: "unavailable_exception", reason: "this server is shutting down", status: 503, headers: ["Retry-After": "1"])
  }

  static func tooManyWaiters(_ limit: Int) -> APIError {
    .rejected("rejected execution of request: [\(limit)] clients wait for queries, which is the most there may be", retryAfterSeconds: 1)
  }

  static func ranTooLong(_ limit: TimeValue) -> APIError { .taskCancelled("it ran for longer than [\(limit.text)]") }

  static func abandonedAfter(attempts: Int) -> APIError {
    .internalFailure("the server ended during each of [\(attempts)] attempts to run this query; it is not run again")
  }

  /// The answer about an id that never was, that is gone, or that is somebody else's: byte for byte the same.
  static func notFound(_ id: TaskID) -> APIError { .resourceNotFound(id.encoded) }
}

extension ServiceLimits {
  /// The error for one more task that may be kept; nil where there is room.
  fileprivate func exceeded(by usage: TaskStoreUsage) -> APIError? {
    if usage.records >= storedMax {
      return .storeIsFull("[\(usage.records)] tasks are kept, and the limit is [\(storedMax)]", ServiceSettings.storedMax.name)
    }
    if usage.bytes >= storedBytesMax {
      return .storeIsFull(
        "kept tasks and results take [\(ByteSize(usage.bytes).text)], and the limit is [\(ByteSize(storedBytesMax).text)]",
        ServiceSettings.storedBytesMax.name)
    }
    return nil
  }
}

extension APIError {
  /// Nothing more can be kept until something is deleted or expires.
  fileprivate static func storeIsFull(_ what: String, _ setting: String) -> APIError {
    .rejected(
      "rejected execution of query: \(what); delete results, let them expire, or raise the setting [\(setting)]", retryAfterSeconds: 60)
  }
}
