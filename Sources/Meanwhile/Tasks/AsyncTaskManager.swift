/// Runs queries that may outlive the request that started them.
///
/// The manager decides nothing: ``TaskMachine`` does. This is its body: it hands in events with the time, and carries out the effects in order
/// (runs, calls of the store, answers). A client that waits costs a continuation, no thread and no polling; one timer serves all deadlines.
public actor AsyncTaskManager {
  let store: any TaskStore
  private let environment: Environment
  private let observers: [any Observer]
  private let nodeID: String
  let memory: MemoryBudget
  private let flights = SingleFlight()
  private var limits: ServiceLimits
  private(set) var machine: TaskMachine
  private(set) var runs: [TaskNumber: TaskRun] = [:]
  private(set) var waiting: [WaiterToken: CheckedContinuation<Reception, Never>] = [:]
  /// Answers to those who do not wait yet.
  private(set) var answered: [WaiterToken: Reception] = [:]
  private var nextNumber: TaskNumber = 1
  private var nextToken: WaiterToken = 1
  private var timer: (deadline: UInt64, cancel: Spawner.Cancellation)?
  private let clock: SteadyClock
  /// Goes on while something runs and somebody wants to hear of progress.
  private var progressTicker: Spawner.Cancellation?
  /// How far each run was when that was last told.
  private var toldProgress: [TaskNumber: QueryProgress.Reading] = [:]
  private var sweeper: (interval: TimeValue, cancel: Spawner.Cancellation)?
  private var draining: [CheckedContinuation<Void, Never>] = []

  /// An answer, and the run that it is about if there is one.
  typealias Reception = (answer: TaskMachine.Answer, run: TaskRun?)

  init(store: any TaskStore, environment: Environment, observers: [any Observer], nodeID: String, limits: ServiceLimits) {
    self.store = store
    self.environment = environment
    self.observers = observers
    self.nodeID = nodeID
    self.limits = limits
    clock = SteadyClock(environment.time)
    memory = MemoryBudget(limit: limits.memoryBytesMax)
    machine = TaskMachine(limits: limits)
  }

  // MARK: What clients ask

  /// Runs a query, and answers with its outcome or, once the client's wait is over, with its id.
  ///
  /// - Parameter disconnection: when it fires while the client waits, and the client asked to keep nothing, the query is cancelled.
  /// - Throws: ``APIError`` when the query was not taken on (429, 503), was cancelled while the client waited, or could not be kept.
  public nonisolated func submit(_ submission: TaskSubmission, disconnection: Disconnection = Disconnection()) async throws -> TaskReply {
    try await reply(begin(submission, disconnection))
  }

  private func begin(_ submission: TaskSubmission, _ disconnection: Disconnection) async -> Reception {
    let now = clock.now().wall
    let id = TaskID(node: nodeID, number: nextNumber, random: environment.random)
    nextNumber += 1
    var record = TaskRecord(
      id: id, language: submission.language, dialect: submission.dialect, action: submission.action,
      principal: submission.session.principal,
      request: submission.request, description: submission.description, opaqueID: submission.opaqueID, submitted: now,
      expires: now.advanced(by: submission.options?.keepAlive ?? Self.synchronousTimeMax),
      keepOnCompletion: submission.options?.keepOnCompletion ?? false)
    record.runMax = submission.runMax
    // Who does not wait is answered at once, whatever the query costs.
    let isBrief = submission.isBrief && submission.flightKey == nil && (submission.options?.wait.map { $0 > .zero } ?? true)
    runs[id.number] = makeRun(
      id, session: submission.session, isBrief: isBrief, resultLimit: submission.resultLimit, work: work(of: submission))
    return await receive(until: disconnection, running: id.number) { [record] token in
      .submit(
        TaskMachine.Submission(
          record: record, isAsynchronous: submission.options != nil, keepsFailures: submission.keepsFailures,
          concurrency: submission.concurrency, waiter: token, wait: submission.options?.wait))
    }
  }

  /// Answers with a task's outcome or, once the wait is over, with how far it is.
  ///
  /// - Parameters:
  ///   - language: the language whose tasks the asking endpoint serves; nil for any.
  ///   - wait: nil waits until the task is done; zero not at all.
  ///   - keepAlive: the new expiry, from now; nil leaves it.
  /// - Throws: a 404 whose reason is the id for every task that the asker cannot see, whatever the cause.
  public nonisolated func get(
    _ id: TaskID, language: String?, for principal: Principal?, wait: TimeValue?, keepAlive: TimeValue? = nil,
    disconnection: Disconnection = Disconnection()
  ) async throws -> TaskReply {
    try await reply(ask(.get, id, language, principal, wait: wait, keepAlive: keepAlive, disconnection: disconnection))
  }

  /// Tells a task to finish early, and answers with its outcome.
  public nonisolated func stop(
    _ id: TaskID, language: String?, for principal: Principal?, disconnection: Disconnection = Disconnection()
  ) async throws -> TaskReply {
    try await reply(ask(.stop, id, language, principal, wait: nil, disconnection: disconnection))
  }

  /// Answers with a task's state, without its result: at once, or as soon as it is another than the one that is known.
  ///
  /// - Parameters:
  ///   - isPrivileged: whether the asker's privileges reach other owners' tasks.
  ///   - known: the state that the asker knows; nil is any other than the task's.
  ///   - wait: how long to wait for another state; then the answer is what there is.
  public func status(
    _ id: TaskID, language: String?, for principal: Principal?, isPrivileged: Bool = false, keepAlive: TimeValue? = nil,
    since known: TaskState? = nil, wait: TimeValue = .zero, disconnection: Disconnection = Disconnection()
  ) async throws -> TaskStatus {
    let reception = await ask(
      .watch(since: known), id, language, principal, wait: wait, keepAlive: keepAlive, isPrivileged: isPrivileged,
      disconnection: disconnection)
    switch reception.answer {
    case .running(let snapshot): return TaskStatus(view: TaskView(snapshot, reception.run), isPartial: true)
    case .finished(let snapshot):
      let record = snapshot.record
      return TaskStatus(
        view: TaskView(snapshot, reception.run), failure: record.failure, isPartial: record.isPartial, wasStopped: record.wasStopped)
    case .refused(let error): throw error
    case .acknowledged: throw APIError.notFound(id)
    }
  }

  /// Cancels a task if it runs, and removes what is kept of it. Returns once that is durable.
  ///
  /// - Parameter isPrivileged: whether the asker's privileges reach other owners' tasks.
  public func delete(_ id: TaskID, for principal: Principal?, isPrivileged: Bool = false) async throws {
    let reception = await ask(.delete, id, nil, principal, wait: nil, isPrivileged: isPrivileged)
    if case .refused(let error) = reception.answer { throw error }
  }

  /// Cancels a queued or running task by its number, as `POST /_tasks/{id}/_cancel` does: whoever waits gets `task_cancelled_exception`, and so does
  /// a later get.
  ///
  /// - Returns: whether there was such a task to cancel.
  @discardableResult
  public func cancel(_ number: TaskNumber) -> Bool {
    guard machine.tasks[number]?.phase.isUnfinished == true else { return false }
    perform(.cancel(number, .taskCancelled("by user request")))
    return true
  }

  /// The tasks that are queued or running, in the order of their numbers; with `stored`, also the finished ones that are kept.
  public func list(stored: Bool = false) async throws -> [TaskListing] {
    let moment = now()
    var snapshots = machine.tasks.values.filter(\.phase.isUnfinished).map { $0.snapshot(at: moment) }
    if stored {
      // One that ends while the store is read is listed as it was before.
      let listed = Set(snapshots.map(\.record.id.number))
      for record in try await store.allRecords() where record.state.isFinished && record.expires > moment.wall {
        guard !listed.contains(record.id.number) else { continue }
        let task = LiveTask(record, isAsynchronous: true, phase: TaskPhase(record.state))
        snapshots.append(task.snapshot(at: moment))
      }
    }
    return snapshots.sorted { $0.record.id.number < $1.record.id.number }.map { TaskListing($0, runs[$0.record.id.number]) }
  }

  // MARK: The service's life

  /// Takes over what the store holds. Called once, before anything else. A task is run again only once the attempt is counted durably, so it makes no
  /// difference whether the server ends before or after that.
  ///
  /// - Parameter work: gives the run of a stored request, and its session.
  func recover(work: (TaskRecord) -> (Session, TaskSubmission.Work)) async throws {
    nextNumber = try await store.highestNumber() + 1
    if let usage = try await store.usage() { perform(.usage(usage)) }
    for record in try await store.unfinished() {
      let (session, run) = work(record)
      runs[record.id.number] = makeRun(record.id, session: session, work: run)
      perform(.recover(record))
    }
  }

  /// Puts settings in force: called at the start, and after each change.
  func heed(_ settings: Settings, sweepInterval: TimeValue) {
    limits.update(from: settings)
    memory.limit = limits.memoryBytesMax
    perform(.limit(limits))
    sweep(every: sweepInterval)
  }

  /// Sweeps what has expired, at an interval.
  private func sweep(every interval: TimeValue) {
    guard sweeper?.interval != interval, !machine.isClosing else { return }
    sweeper?.cancel()
    let time = environment.time
    sweeper = (
      interval,
      environment.spawner.spawn { [weak self] in
        while (try? await time.sleep(for: interval)) != nil { await self?.sweep() }
      }
    )
  }

  /// Removes what has expired from the store, and tries again what it could not write.
  public func sweep() async {
    // What cannot be listed now is listed at the next turn; nobody sees an expired task meanwhile.
    let expired = (try? await store.numbers(expiringBefore: now().wall, limit: 10_000)) ?? []
    perform(.sweep(expired))
  }

  /// Admits no more, lets what runs finish within the grace period, and leaves the rest to the next start.
  func shutDown(grace: TimeValue) async {
    sweeper?.cancel()
    progressTicker?()
    perform(.close)
    await drain(within: grace)
    perform(.abort)
    // The last writes, and runs that heed their cancellation.
    await drain(within: .seconds(5))
    timer?.cancel()
    timer = nil
  }

  private func drain(within limit: TimeValue) async {
    guard !machine.isQuiet else { return }
    let time = environment.time
    let cancel = environment.spawner.spawn { [weak self] in
      guard (try? await time.sleep(for: limit)) != nil else { return }
      await self?.endDraining()
    }
    await withCheckedContinuation { draining.append($0) }
    cancel()
  }

  private func endDraining() {
    for continuation in draining { continuation.resume() }
    draining = []
  }

  // MARK: Events in, effects out

  private func now() -> Moment { clock.now() }

  /// Takes in an event. What follows from it and takes time is done by tasks of their own.
  private func perform(_ event: TaskMachine.Event) {
    for call in take(event) { spawn(call) }
  }

  /// Takes in an event, and does the first of what follows from it here: for one who has nothing better to do than to wait for it, so
  /// that no task has to be started.
  ///
  /// - Parameter own: the task that the caller submits. If it is brief it is run here, too.
  private func performAndCall(_ event: TaskMachine.Event, running own: TaskNumber? = nil) async {
    let calls = take(event)
    let here = calls.firstIndex { $0.isMade(by: own) }
    for (index, call) in calls.enumerated() where index != here { spawn(call) }
    guard let here else { return }
    let call = calls[here]
    let next = await make(call)
    switch next {
    case .ended(_, .failed, _) where Task.isCancelled:
      // It is the client's request that was cancelled in the middle, not its query.
      spawn(call)
    case .ended: await performAndCall(next)
    default: perform(next)
    }
  }

  /// Takes in an event, and carries out its effects.
  ///
  /// - Returns: those that take time, which are to be made.
  private func take(_ event: TaskMachine.Event) -> [Call] {
    var calls: [Call] = []
    for effect in machine.apply(event, at: now()) {
      switch effect {
      case .start(let number):
        guard let run = runs[number] else { break }
        tellProgress()
        calls.append(Call(number, .run(run)))
      case .cancel(let number): runs[number]?.cancel()
      case .finishEarly(let number): runs[number]?.context.signals.requestEarlyFinish()
      case .load(let number): calls.append(Call(number, .load))
      case .write(let number, let write): calls.append(Call(number, .write(write, runs[number]?.output)))
      case .answer(let token, let answer): deliver(answer, to: token)
      case .forget(let number):
        runs[number] = nil
        toldProgress[number] = nil
      case .observe(let event): for observer in observers { observer.observe(event) }
      }
    }
    arm()
    if !draining.isEmpty, machine.isQuiet { endDraining() }
    return calls
  }

  private func spawn(_ call: Call) {
    guard case .run(let run) = call.kind else {
      environment.spawner.spawn { await self.perform(self.make(call)) }
      return
    }
    run.attach(
      environment.spawner.spawnRun { [spawner = environment.spawner] in
        let next = await self.make(call)
        // From a task that is no query's: the manager must never wait for a query's thread.
        spawner.spawn { await self.performAndCall(next) }
      })
  }

  /// Sees to it that something wakes the machine when the next deadline comes. One timer stands at most; one that comes early does no harm.
  private func arm() {
    let moment = now()
    guard let delay = machine.timeUntilDue(at: moment) else { return }
    let deadline = moment.uptime(after: delay)
    if let timer, timer.deadline <= deadline { return }
    timer?.cancel()
    let time = environment.time
    timer = (
      deadline,
      environment.spawner.spawn { [weak self] in
        guard (try? await time.sleep(for: delay)) != nil else { return }
        await self?.ring(deadline)
      }
    )
  }

  private func ring(_ deadline: UInt64) {
    if timer?.deadline == deadline { timer = nil }
    perform(.tick)
  }

  // MARK: Progress

  /// Sees to it that observers hear of progress, for as long as something runs.
  private func tellProgress() {
    guard progressTicker == nil, observers.contains(where: \.wantsProgress) else { return }
    let time = environment.time
    progressTicker = environment.spawner.spawn { [weak self] in
      while (try? await time.sleep(for: Self.progressInterval)) != nil, await self?.observeProgress() == true {}
    }
  }

  /// - Returns: whether there may be more to tell.
  private func observeProgress() -> Bool {
    let moment = now()
    for (number, run) in runs.sorted(by: { $0.key < $1.key }) {
      guard let task = machine.tasks[number], task.phase == .running || task.phase == .stopping else { continue }
      let reading = run.context.progress.reading
      guard reading != toldProgress[number, default: QueryProgress.Reading()] else { continue }
      toldProgress[number] = reading
      var event = task.event(.progressed, at: moment)
      event.progress = reading
      for observer in observers where observer.wantsProgress { observer.observe(event) }
    }
    guard machine.runningCount == 0 else { return true }
    progressTicker = nil
    return false
  }

  private static let progressInterval = TimeValue.seconds(1)

  // MARK: Waiting

  /// Hands in an event, and waits for the answer to it.
  private func receive(
    until disconnection: Disconnection, running own: TaskNumber? = nil, _ event: (WaiterToken) -> TaskMachine.Event
  ) async -> Reception {
    let token = nextToken
    nextToken += 1
    let spawner = environment.spawner
    let abandon: @Sendable () -> Void = { spawner.spawn { [weak self] in await self?.perform(.abandon(token)) } }
    disconnection.onDisconnect(abandon)
    // The call of the store, if there is one, is about what the client waits for.
    await performAndCall(event(token), running: own)
    if let answer = answered.removeValue(forKey: token) { return answer }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { waiting[token] = $0 }
    } onCancel: {
      abandon()
    }
  }

  private func ask(
    _ kind: TaskMachine.Question.Kind, _ id: TaskID, _ language: String?, _ principal: Principal?, wait: TimeValue?,
    keepAlive: TimeValue? = nil, isPrivileged: Bool = false, disconnection: Disconnection = Disconnection()
  ) async -> Reception {
    await receive(until: disconnection) { token in
      .ask(
        TaskMachine.Question(
          kind: kind, id: id, language: language, owner: principal?.owner, isPrivileged: isPrivileged, waiter: token, wait: wait,
          keepAlive: keepAlive))
    }
  }

  private func deliver(_ answer: TaskMachine.Answer, to token: WaiterToken) {
    let run: TaskRun? =
      switch answer {
      case .running(let snapshot), .finished(let snapshot): runs[snapshot.record.id.number]
      case .acknowledged, .refused: nil
      }
    if let continuation = waiting.removeValue(forKey: token) {
      continuation.resume(returning: (answer, run))
    } else {
      answered[token] = (answer, run)
    }
  }

  private nonisolated func reply(_ reception: Reception) async throws -> TaskReply {
    switch reception.answer {
    case .refused(let error): throw error
    case .acknowledged: throw APIError.internalFailure("a deletion was taken for a query")
    case .running(let snapshot): return .running(TaskView(snapshot, reception.run), partial: reception.run?.context.partial)
    case .finished(let snapshot):
      let view = TaskView(snapshot, reception.run)
      if let failure = snapshot.record.failure { return .failed(view, failure) }
      if let output = reception.run?.output { return .finished(view, .live(output)) }
      guard let stored = try await store.result(of: snapshot.record.id.number) else { throw APIError.notFound(snapshot.record.id) }
      return .finished(view, .stored(stored))
    }
  }

  // MARK: Runs

  private func makeRun(
    _ id: TaskID, session: Session, isBrief: Bool = false, resultLimit: ResultLimit? = nil, work: @escaping TaskSubmission.Work
  ) -> TaskRun {
    let memory = MemoryBudget(limit: limits.memoryBytesPerQueryMax, parent: memory)
    return TaskRun(id, session: session, memory: memory, isBrief: isBrief, resultLimit: resultLimit, work: work)
  }

  /// What a task runs: the query, or its part in a run that others share.
  private func work(of submission: TaskSubmission) -> TaskSubmission.Work {
    guard let flightKey = submission.flightKey else { return submission.work }
    let key = SingleFlight.Key(language: submission.language, owner: submission.session.principal?.owner, query: flightKey)
    let budget = MemoryBudget(limit: limits.memoryBytesPerQueryMax, parent: memory)
    return flights.work(key, memory: budget, submission.work)
  }

  /// How long a synchronous query may run; as for asynchronous ones that do not say.
  private static let synchronousTimeMax = TimeValue.days(5)
}
