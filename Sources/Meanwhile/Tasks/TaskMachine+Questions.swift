/// How clients ask about tasks, and go away.
extension TaskMachine {
  mutating func ask(_ question: Question) {
    guard waitingCount < limits.waitersMax else {
      emit(.answer(question.waiter, .refused(.tooManyWaiters(limits.waitersMax))))
      return
    }
    let number = question.id.number
    guard tasks[number] == nil else {
      take(question, about: number)
      settle(number)
      return
    }
    let isFirst = loading[number] == nil
    loading[number, default: []].append(question)
    loadingWaiterCount += 1
    if isFirst { emit(.load(number)) }
  }

  /// Refuses a question about a resident task, or takes it up; the answer is for ``settle(_:)`` to give.
  private mutating func take(_ question: Question, about number: TaskNumber) {
    if let task = tasks[number], reaches(question, task) {
      if isExpired(task) { expire(number) }
      if tasks[number]?.isVisible == true || isUnfinishedDeletion(question, of: task) {
        tasks[number]?.durability.failure = nil
        pursue(question, about: number)
        return
      }
      if task.isLeftToNextStart {
        emit(.answer(question.waiter, .refused(.shuttingDown)))
        return
      }
    }
    emit(.answer(question.waiter, .refused(.notFound(question.id))))
  }

  private mutating func pursue(_ question: Question, about number: TaskNumber) {
    tasks[number]?.waiters.append(question.waiter)
    var waiter = Waiter(kind: question.kind.waiting, task: number)
    if let keepAlive = question.keepAlive { waiter.revision = extend(number, by: keepAlive) }
    wait(waiter, as: question.waiter, for: question.wait)
    guard let task = tasks[number] else { return }
    switch question.kind {
    case .get, .watch: break
    case .stop:
      if task.phase.isUnfinished, !task.isStopAsked {
        tasks[number]?.isStopAsked = true
        observe(.stopped, task)
        finishEarly(number)
      }
    case .delete:
      guard task.isVisible else { return }
      observe(.deleted, task)
      discard(number, farewell: .taskCancelled("cancelled by user"))
    }
  }

  /// Sets the expiry: now and the keep-alive, whether that is later or sooner.
  ///
  /// - Returns: the record's revision that has it.
  private mutating func extend(_ number: TaskNumber, by keepAlive: TimeValue) -> Int {
    tasks[number]?.record.expires = now.wall.advanced(by: keepAlive)
    tasks[number]?.durability.revision += 1
    expiries.set(number, to: now.wall.advanced(by: keepAlive))
    return tasks[number]?.durability.revision ?? 0
  }

  /// Whether a question is about this task, and by one who may ask. A task that was submitted with security off is anybody's.
  private func reaches(_ question: Question, _ task: LiveTask) -> Bool {
    task.record.id == question.id && task.isAsynchronous && (question.language ?? task.record.language) == task.record.language
      && (question.isPrivileged || task.record.owner == nil || task.record.owner == question.owner)
  }

  /// A deletion that the store refused may be asked for again.
  private func isUnfinishedDeletion(_ question: Question, of task: LiveTask) -> Bool {
    question.kind == .delete && !task.isVisible && task.durability.failure != nil
  }

  // MARK: Waiting

  mutating func wait(_ waiter: Waiter, as token: WaiterToken, for wait: TimeValue?) {
    var waiter = waiter
    if let wait, wait <= .zero {
      waiter.isOverdue = true
    } else if let wait {
      waitDeadlines.set(token, to: now.uptime(after: wait))
    }
    waiters[token] = waiter
    if waiter.isOverdue { acknowledge(waiter) }
  }

  /// A submit's wait is over: the client is to be given the id.
  mutating func acknowledge(_ waiter: Waiter) {
    guard waiter.kind == .submit, tasks[waiter.task]?.isAsynchronous == true else { return }
    tasks[waiter.task]?.isAcknowledged = true
  }

  /// A client has gone. A query that it alone was waiting for, and asked to keep nothing of, ends with it.
  mutating func abandon(_ token: WaiterToken) {
    let farewell = APIError.taskCancelled("the client closed the connection")
    guard let waiter = waiters[token] else {
      abandonLoading(token, farewell)
      return
    }
    forget(token)
    emit(.answer(token, .refused(farewell)))
    guard let task = tasks[waiter.task] else { return }
    if waiter.kind == .submit, !(task.isAsynchronous && task.record.keepOnCompletion) {
      discard(waiter.task, farewell: farewell)
    }
    settle(waiter.task)
  }

  private mutating func abandonLoading(_ token: WaiterToken, _ farewell: APIError) {
    for (number, questions) in loading where questions.contains(where: { $0.waiter == token }) {
      loading[number] = questions.filter { $0.waiter != token }
      loadingWaiterCount -= 1
      emit(.answer(token, .refused(farewell)))
    }
  }

  mutating func forget(_ token: WaiterToken) {
    guard let waiter = waiters.removeValue(forKey: token) else { return }
    waitDeadlines.remove(token)
    tasks[waiter.task]?.waiters.removeAll { $0 == token }
  }

  mutating func cancel(_ number: TaskNumber, because error: APIError) {
    guard let task = tasks[number], task.phase.isUnfinished, task.cancellation == nil else { return }
    tasks[number]?.cancellation = error
    if task.phase == .queued {
      fail(number, with: error)
    } else {
      emit(.cancel(number))
    }
    settle(number)
  }

  // MARK: Loading

  /// The store has answered: a finished task is back for as long as it is asked about.
  mutating func loaded(_ number: TaskNumber, _ record: TaskRecord?) {
    let questions = takeLoading(number)
    guard let record, record.id.number == number else {
      refuse(questions) { .notFound($0.id) }
      return
    }
    let phase: TaskPhase = record.state.isFinished ? TaskPhase(record.state) : .queued
    var task = LiveTask(record, isAsynchronous: true, phase: phase)
    guard record.state.isFinished || isExpired(task) else {
      // A request that does not run here is the next start's: this one is ending, or could not remove what it had refused.
      for question in questions {
        let isToCome = isClosing && reaches(question, task)
        emit(.answer(question.waiter, .refused(isToCome ? .shuttingDown : .notFound(question.id))))
      }
      return
    }
    task.isAcknowledged = true
    task.durability = TaskDurability(written: record.state.isFinished ? .outcome : .request)
    insert(task)
    if isExpired(task) { expire(number) }
    for question in questions {
      take(question, about: number)
      answerWaiters(of: number)
    }
    settle(number)
  }

  mutating func loadFailed(_ number: TaskNumber, _ error: APIError) {
    refuse(takeLoading(number)) { _ in error }
  }

  private mutating func takeLoading(_ number: TaskNumber) -> [Question] {
    let questions = loading.removeValue(forKey: number) ?? []
    loadingWaiterCount -= questions.count
    return questions
  }

  private mutating func refuse(_ questions: [Question], with error: (Question) -> APIError) {
    for question in questions { emit(.answer(question.waiter, .refused(error(question)))) }
  }
}

extension TaskMachine.Question.Kind {
  /// What there is to wait for: of *stop*, the outcome.
  fileprivate var waiting: TaskMachine.Waiter.Kind {
    switch self {
    case .get, .stop: .get
    case .watch(let known): .watch(since: known)
    case .delete: .delete
    }
  }
}

extension LiveTask {
  /// Whether clients see it.
  var isVisible: Bool { phase.state != nil }
}
