import Synchronization

/// Runs queries that may outlive the request that started them.
///
/// The manager decides nothing: ``TaskMachine`` does. This is its body: it hands in events with the time, and carries out the effects in order
/// (runs, calls of the store, answers). A client that waits costs a continuation, no thread and no polling; one timer serves all deadlines.
///
/// What it holds stands behind a lock rather than in an actor: taking in an event is a matter of microseconds, so that one who finds the lock taken waits for
/// less than a change of threads costs, and a query that is over at once goes from its submit to its answer without leaving its thread.
public final class AsyncTaskManager: Sendable {
  let store: any TaskStore
  let environment: Environment
  let observers: [any Observer]
  private let nodeID: String
  let memory: MemoryBudget
  let flights = SingleFlight()
  let clock: SteadyClock
  let state: Mutex<State>

  /// Everything that changes, behind one lock that is never held across a call of the store, a run, or anything else that takes time.
  struct State {
    var limits: ServiceLimits
    var machine: TaskMachine
    var runs: [TaskNumber: TaskRun] = [:]
    var waiting: [WaiterToken: CheckedContinuation<Reception, Never>] = [:]
    /// Answers to those who do not wait yet.
    var answered: [WaiterToken: Reception] = [:]
    var nextNumber: TaskNumber = 1
    var nextToken: WaiterToken = 1
    var timer: (deadline: UInt64, cancel: Spawner.Cancellation)?
    /// Goes on while something runs and somebody wants to hear of progress.
    var progressTicker: Spawner.Cancellation?
    /// How far each run was when that was last told.
    var toldProgress: [TaskNumber: QueryProgress.Reading] = [:]
    var sweeper: (interval: TimeValue, cancel: Spawner.Cancellation)?
    var draining: [CheckedContinuation<Void, Never>] = []
  }

  /// An answer, and the run that it is about if there is one.
  typealias Reception = (answer: TaskMachine.Answer, run: TaskRun?)

  init(store: any TaskStore, environment: Environment, observers: [any Observer], nodeID: String, limits: ServiceLimits) {
    self.store = store
    self.environment = environment
    self.observers = observers
    self.nodeID = nodeID
    clock = SteadyClock(environment.time)
    memory = MemoryBudget(limit: limits.memoryBytesMax)
    state = Mutex(State(limits: limits, machine: TaskMachine(limits: limits)))
  }

  // MARK: What clients ask

  /// Runs a query, and answers with its outcome or, once the client's wait is over, with its id.
  ///
  /// - Parameter disconnection: when it fires while the client waits, and the client asked to keep nothing, the query is cancelled.
  /// - Throws: ``APIError`` when the query was not taken on (429, 503), was cancelled while the client waited, or could not be kept.
  public func submit(_ submission: TaskSubmission, disconnection: Disconnection = Disconnection()) async throws -> TaskReply {
    try await reply(begin(submission, disconnection))
  }

  private func begin(_ submission: TaskSubmission, _ disconnection: Disconnection) async -> Reception {
    let now = clock.now().wall
    let (number, limits) = state.withLock { state in
      defer { state.nextNumber += 1 }
      return (state.nextNumber, state.limits)
    }
    let id = TaskID(node: nodeID, number: number, random: environment.random)
    var record = TaskRecord(
      id: id, language: submission.language, dialect: submission.dialect, action: submission.action,
      principal: submission.session.principal,
      request: submission.request, description: submission.description, opaqueID: submission.opaqueID, submitted: now,
      expires: now.advanced(by: submission.options?.keepAlive ?? Self.synchronousTimeMax),
      keepOnCompletion: submission.options?.keepOnCompletion ?? false)
    record.runMax = submission.runMax
    // Who does not wait is answered at once, whatever the query costs.
    let isBrief = submission.isBrief && submission.flightKey == nil && (submission.options?.wait.map { $0 > .zero } ?? true)
    let run = makeRun(
      id, session: submission.session, within: limits, isBrief: isBrief, resultLimit: submission.resultLimit,
      work: work(of: submission, within: limits))
    return await receive(until: disconnection, running: run) { [record] token in
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
  public func get(
    _ id: TaskID, language: String?, for principal: Principal?, wait: TimeValue?, keepAlive: TimeValue? = nil,
    disconnection: Disconnection = Disconnection()
  ) async throws -> TaskReply {
    try await reply(ask(.get, id, language, principal, wait: wait, keepAlive: keepAlive, disconnection: disconnection))
  }

  /// Tells a task to finish early, and answers with its outcome.
  public func stop(
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
  public func cancel(_ number: TaskNumber) async -> Bool {
    let isUnfinished = state.withLock { $0.machine.tasks[number]?.phase.isUnfinished == true }
    if isUnfinished { perform(.cancel(number, .taskCancelled("by user request"))) }
    return isUnfinished
  }

  /// The tasks that are queued or running, in the order of their numbers; with `stored`, also the finished ones that are kept.
  public func list(stored: Bool = false) async throws -> [TaskListing] {
    let moment = clock.now()
    let (resident, runs) = state.withLock { (Array($0.machine.tasks.values), $0.runs) }
    var snapshots = resident.filter(\.phase.isUnfinished).map { $0.snapshot(at: moment) }
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

  private func reply(_ reception: Reception) async throws -> TaskReply {
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

  // MARK: Runs

  private func makeRun(
    _ id: TaskID, session: Session, within limits: ServiceLimits, isBrief: Bool = false, resultLimit: ResultLimit? = nil,
    work: @escaping TaskSubmission.Work
  ) -> TaskRun {
    let memory = MemoryBudget(limit: limits.memoryBytesPerQueryMax, parent: memory)
    return TaskRun(id, session: session, memory: memory, isBrief: isBrief, resultLimit: resultLimit, work: work)
  }

  /// What a task runs: the query, or its part in a run that others share.
  private func work(of submission: TaskSubmission, within limits: ServiceLimits) -> TaskSubmission.Work {
    guard let flightKey = submission.flightKey else { return submission.work }
    let key = SingleFlight.Key(language: submission.language, owner: submission.session.principal?.owner, query: flightKey)
    let budget = MemoryBudget(limit: limits.memoryBytesPerQueryMax, parent: memory)
    return flights.work(key, memory: budget, submission.work)
  }

  /// How long a synchronous query may run; as for asynchronous ones that do not say.
  private static let synchronousTimeMax = TimeValue.days(5)

  // MARK: The service's life

  /// Takes over what the store holds. Called once, before anything else. A task is run again only once the attempt is counted durably, so it makes no
  /// difference whether the server ends before or after that.
  ///
  /// - Parameter work: gives the run of a stored request, and its session.
  func recover(work: (TaskRecord) -> (Session, TaskSubmission.Work)) async throws {
    let next = try await store.highestNumber() + 1
    let limits = state.withLock { state in
      state.nextNumber = next
      return state.limits
    }
    if let usage = try await store.usage() { perform(.usage(usage)) }
    for record in try await store.unfinished() {
      let (session, work) = work(record)
      let run = makeRun(record.id, session: session, within: limits, work: work)
      state.withLock { $0.runs[record.id.number] = run }
      perform(.recover(record))
    }
  }

  /// Puts settings in force: called at the start, and after each change.
  func heed(_ settings: Settings, sweepInterval: TimeValue) {
    let limits = state.withLock { state in
      state.limits.update(from: settings)
      return state.limits
    }
    memory.limit = limits.memoryBytesMax
    perform(.limit(limits))
    sweep(every: sweepInterval)
  }

  /// Sweeps what has expired, at an interval.
  private func sweep(every interval: TimeValue) {
    let time = environment.time
    state.withLock { state in
      guard state.sweeper?.interval != interval, !state.machine.isClosing else { return }
      state.sweeper?.cancel()
      state.sweeper = (
        interval,
        environment.spawner.spawn { [weak self] in
          while (try? await time.sleep(for: interval)) != nil { await self?.sweep() }
        }
      )
    }
  }

  /// Removes what has expired from the store, and tries again what it could not write.
  public func sweep() async {
    // What cannot be listed now is listed at the next turn; nobody sees an expired task meanwhile.
    let expired = (try? await store.numbers(expiringBefore: clock.now().wall, limit: 10_000)) ?? []
    perform(.sweep(expired))
  }

  /// Admits no more, lets what runs finish within the grace period, and leaves the rest to the next start.
  func shutDown(grace: TimeValue) async {
    state.withLock { state in
      state.sweeper?.cancel()
      state.progressTicker?()
    }
    perform(.close)
    await drain(within: grace)
    perform(.abort)
    // The last writes, and runs that heed their cancellation.
    await drain(within: .seconds(5))
    state.withLock { state in
      state.timer?.cancel()
      state.timer = nil
    }
  }

  private func drain(within limit: TimeValue) async {
    guard !state.withLock({ $0.machine.isQuiet }) else { return }
    let time = environment.time
    var cancel: Spawner.Cancellation?
    await withCheckedContinuation { continuation in
      let isQuiet = state.withLock { state in
        if !state.machine.isQuiet { state.draining.append(continuation) }
        return state.machine.isQuiet
      }
      guard !isQuiet else { return continuation.resume() }
      // Not before there is something to end: the limit may be over at once.
      cancel = environment.spawner.spawn { [weak self] in
        guard (try? await time.sleep(for: limit)) != nil else { return }
        self?.endDraining()
      }
    }
    cancel?()
  }

  private func endDraining() {
    let draining = state.withLock { state in
      defer { state.draining = [] }
      return state.draining
    }
    for continuation in draining { continuation.resume() }
  }
}
