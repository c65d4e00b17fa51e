import Synchronization

// Events in, effects out.

extension AsyncTaskManager {
  /// Takes in an event. What follows from it and takes time is done by tasks of their own.
  func perform(_ event: TaskMachine.Event) {
    for call in take(event) { spawn(call) }
  }

  /// Takes in an event, and carries out those of its effects that take no time.
  ///
  /// - Parameter run: the run of the task that the event submits.
  /// - Returns: the effects that take time, which are to be made.
  func take(_ event: TaskMachine.Event, running run: TaskRun? = nil) -> [Call] {
    let (calls, steps) = state.withLock { state in
      if let run { state.runs[run.context.taskID.number] = run }
      return carryOut(event, &state)
    }
    for step in steps {
      switch step {
      case .resume(let continuation, let reception): continuation.resume(returning: reception)
      case .endDraining(let continuation): continuation.resume()
      case .cancel(let run): run.cancel()
      case .finishEarly(let run): run.context.signals.requestEarlyFinish()
      }
    }
    return calls
  }

  /// What reaches into others' code, and so waits until the lock is open again.
  private enum Step: Sendable {
    case resume(CheckedContinuation<Reception, Never>, Reception)
    case endDraining(CheckedContinuation<Void, Never>)
    case cancel(TaskRun)
    case finishEarly(TaskRun)
  }

  private func carryOut(_ event: TaskMachine.Event, _ state: inout State) -> ([Call], [Step]) {
    var calls: [Call] = []
    var steps: [Step] = []
    let moment = clock.now()
    for effect in state.machine.apply(event, at: moment) {
      switch effect {
      case .start(let number):
        guard let run = state.runs[number] else { break }
        tellProgress(&state)
        calls.append(Call(number, .run(run)))
      case .cancel(let number): if let run = state.runs[number] { steps.append(.cancel(run)) }
      case .finishEarly(let number): if let run = state.runs[number] { steps.append(.finishEarly(run)) }
      case .load(let number): calls.append(Call(number, .load))
      case .write(let number, let write): calls.append(Call(number, .write(write, state.runs[number]?.output)))
      case .answer(let token, let answer):
        let reception = (answer, answer.taskNumber.flatMap { state.runs[$0] })
        if let continuation = state.waiting.removeValue(forKey: token) {
          steps.append(.resume(continuation, reception))
        } else {
          state.answered[token] = reception
        }
      case .forget(let number):
        state.runs[number] = nil
        state.toldProgress[number] = nil
      // Under the lock, so that observers are told in order.
      case .observe(let event): for observer in observers { observer.observe(event) }
      }
    }
    arm(&state, at: moment)
    if !state.draining.isEmpty, state.machine.isQuiet {
      steps += state.draining.map { .endDraining($0) }
      state.draining = []
    }
    return (calls, steps)
  }

  private func spawn(_ call: Call) {
    guard case .run(let run) = call.kind else {
      environment.spawner.spawn { await self.perform(self.make(call)) }
      return
    }
    run.attach(
      environment.spawner.spawnRun { [spawner = environment.spawner] in
        let next = await self.make(call)
        // From a task that is no query's: nobody must wait for a query's thread.
        spawner.spawn { await self.makeFirst(of: self.take(next)) }
      })
  }

  /// Makes calls, the first that may be made here by oneself, since one has nothing better to do than to wait for it: so no task has to be started. What
  /// follows from it is made in the same way.
  ///
  /// - Parameters:
  ///   - own: the run of the task that the caller submits. If it is brief it is run here, too.
  ///   - token: the caller's. Once it is answered, what is left is others' to wait for.
  private func makeFirst(of calls: [Call], running own: TaskRun? = nil, for token: WaiterToken? = nil) async {
    var calls = calls
    while let here = calls.firstIndex(where: { $0.isMade(by: own) }) {
      if let token, isAnswered(token) { break }
      for (index, call) in calls.enumerated() where index != here { spawn(call) }
      let next = await make(calls[here])
      if case .ended(_, .failed, _) = next, Task.isCancelled {
        // It is the client's request that was cancelled in the middle, not its query.
        calls = [calls[here]]
        break
      }
      calls = take(next)
    }
    for call in calls { spawn(call) }
  }

  // MARK: Waiting

  /// Hands in an event, and waits for the answer to it.
  func receive(
    until disconnection: Disconnection, running own: TaskRun? = nil, _ event: (WaiterToken) -> TaskMachine.Event
  ) async -> Reception {
    let token = state.withLock { state in
      defer { state.nextToken += 1 }
      return state.nextToken
    }
    // What comes of it at once is about what the client waits for.
    let calls = take(event(token), running: own)
    // Not before: of one who has gone, the machine must know who that is.
    let spawner = environment.spawner
    let abandon: @Sendable () -> Void = { spawner.spawn { [weak self] in self?.perform(.abandon(token)) } }
    disconnection.onDisconnect(abandon)
    await makeFirst(of: calls, running: own, for: token)
    if let answer = takeAnswer(to: token) { return answer }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer = state.withLock { state in
          let answer = state.answered.removeValue(forKey: token)
          if answer == nil { state.waiting[token] = continuation }
          return answer
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      abandon()
    }
  }

  private func isAnswered(_ token: WaiterToken) -> Bool { state.withLock { $0.answered[token] != nil } }

  private func takeAnswer(to token: WaiterToken) -> Reception? { state.withLock { $0.answered.removeValue(forKey: token) } }

  // MARK: Time

  /// Sees to it that something wakes the machine when the next deadline comes. One timer stands at most; one that comes early does no harm.
  private func arm(_ state: inout State, at moment: Moment) {
    guard let delay = state.machine.timeUntilDue(at: moment) else { return }
    let deadline = moment.uptime(after: delay)
    if let timer = state.timer, timer.deadline <= deadline { return }
    state.timer?.cancel()
    let time = environment.time
    state.timer = (
      deadline,
      environment.spawner.spawn { [weak self] in
        guard (try? await time.sleep(for: delay)) != nil else { return }
        self?.ring(deadline)
      }
    )
  }

  private func ring(_ deadline: UInt64) {
    state.withLock { if $0.timer?.deadline == deadline { $0.timer = nil } }
    perform(.tick)
  }

  // MARK: Progress

  /// Sees to it that observers hear of progress, for as long as something runs.
  private func tellProgress(_ state: inout State) {
    guard state.progressTicker == nil, observers.contains(where: \.wantsProgress) else { return }
    let time = environment.time
    state.progressTicker = environment.spawner.spawn { [weak self] in
      while (try? await time.sleep(for: Self.progressInterval)) != nil, self?.observeProgress() == true {}
    }
  }

  /// - Returns: whether there may be more to tell.
  private func observeProgress() -> Bool {
    state.withLock { state in
      let moment = clock.now()
      for (number, run) in state.runs.sorted(by: { $0.key < $1.key }) {
        guard let task = state.machine.tasks[number], task.phase == .running || task.phase == .stopping else { continue }
        let reading = run.context.progress.reading
        guard reading != state.toldProgress[number, default: QueryProgress.Reading()] else { continue }
        state.toldProgress[number] = reading
        var event = task.event(.progressed, at: moment)
        event.progress = reading
        for observer in observers where observer.wantsProgress { observer.observe(event) }
      }
      guard state.machine.runningCount == 0 else { return true }
      state.progressTicker = nil
      return false
    }
  }

  private static let progressInterval = TimeValue.seconds(1)
}

extension TaskMachine.Answer {
  /// The task that it is about, if it shows one.
  fileprivate var taskNumber: TaskNumber? {
    switch self {
    case .running(let snapshot), .finished(let snapshot): snapshot.record.id.number
    case .acknowledged, .refused: nil
    }
  }
}
