import MeanwhileTestKit

@testable import Meanwhile

/// Clients, runs and a store around a machine, all decided by one seed: calls of the store take their time and fail, runs end when they like, clients go away, and
/// now and then the server dies in the middle of it all. What clients were told is remembered, and everything that contradicts it is a violation.
struct SimulatedWorld {
  private struct Promise {
    var owner: String?
    /// Every expiry that was asked for; which of them holds after a crash depends on what was durable.
    var expiries: [Timestamp]
    var isDeletionAsked = false
    var isDeletionAcknowledged = false
    var outcome: TaskRecord?
  }

  private struct Asked {
    var id: TaskID
    var owner: String?
    var kind: TaskMachine.Question.Kind?
  }

  private static let owners: [String?] = ["alice", "bob", nil]

  private var random: SeededRandom
  private var machine: TaskMachine
  private let limits: ServiceLimits
  private var moment = Moment(wall: Timestamp(milliseconds: 1_000_000), uptimeNanoseconds: 0)
  private var stored: [TaskNumber: TaskRecord] = [:]
  private var highest: TaskNumber = 0
  private var nextNumber: TaskNumber = 1
  private var nextToken: WaiterToken = 1
  private var nextDocument = 0
  private var writes: [TaskNumber: TaskMachine.Write] = [:]
  private var loads: Set<TaskNumber> = []
  private var runs: Set<TaskNumber> = []
  private var asked: [WaiterToken: Asked] = [:]
  private var promises: [TaskID: Promise] = [:]
  private var ids: [TaskID] = []
  private var counts: [TaskEvent.Kind: Int] = [:]
  /// What went wrong; nothing, if all is well.
  private(set) var violations: [String] = []
  /// How many answers clients got, so that a simulation in which nothing happens is seen.
  private(set) var answerCount = 0

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    var limits = ServiceLimits()
    limits.runningMax = Int.random(in: 1...4, using: &random)
    limits.queuedMax = Int.random(in: 1...20, using: &random)
    limits.queuedPerOwnerMax = Int.random(in: 1...10, using: &random)
    limits.attemptsMax = 3
    self.limits = limits
    machine = TaskMachine(limits: limits)
  }

  mutating func run(steps: Int) {
    for _ in 0..<steps where violations.isEmpty {
      step()
      check()
    }
    drain()
  }

  // MARK: What may happen

  private mutating func step() {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<20: submit()
    case 20..<45: ask()
    case 45..<50: if let token = asked.keys.sorted().randomElement(using: &random) { send(.abandon(token)) }
    case 50..<65: if let number = runs.sorted().randomElement(using: &random) { end(number) }
    case 65..<80: if let number = writes.keys.sorted().randomElement(using: &random) { finishWrite(number, fails: random.chance(0.1)) }
    case 80..<86: if let number = loads.sorted().randomElement(using: &random) { finishLoad(number, fails: random.chance(0.05)) }
    case 86..<94: pass(.milliseconds(Int64.random(in: 0...400, using: &random)))
    case 94..<97: sweep()
    case 97: if let number = machine.tasks.keys.sorted().randomElement(using: &random) { send(.cancel(number, .taskCancelled("x"))) }
    case 98: if random.chance(0.3) { crash() }
    default: if random.chance(0.3) { shutDown() }
    }
  }

  private mutating func submit() {
    let owner = Self.owners.randomElement(using: &random) ?? nil
    nextDocument += 1
    let id = TaskID(document: "document-\(nextDocument)", node: "node", number: nextNumber)
    nextNumber += 1
    let keepAlive = TimeValue.milliseconds(Int64.random(in: 1...3_000, using: &random))
    var record = TaskRecord(
      id: id, language: "toy", dialect: "toy",
      request: StoredRequest(method: .post, path: "/", parameters: [:], pathParameters: [:], body: []), description: "",
      submitted: moment.wall, expires: moment.wall.advanced(by: keepAlive), keepOnCompletion: random.chance(0.5))
    record.owner = owner
    promises[id] = Promise(owner: owner, expiries: [record.expires])
    let wait: TimeValue? = random.chance(0.2) ? nil : .milliseconds(Int64.random(in: 0...300, using: &random))
    let token = token(Asked(id: id, owner: owner))
    send(
      .submit(
        TaskMachine.Submission(
          record: record, isAsynchronous: random.chance(0.8), keepsFailures: random.chance(0.5), waiter: token, wait: wait)))
  }

  private mutating func ask() {
    guard let id = ids.randomElement(using: &random), let promise = promises[id] else { return }
    let owner = random.chance(0.8) ? promise.owner : Self.owners.randomElement(using: &random) ?? nil
    let kind: TaskMachine.Question.Kind = random.chance(0.7) ? .get : random.chance(0.5) ? .stop : .delete
    let keepAlive: TimeValue? = kind == .get && random.chance(0.2) ? .milliseconds(Int64.random(in: 1...3_000, using: &random)) : nil
    let reaches = promise.owner == nil || promise.owner == owner
    if let keepAlive, reaches { promises[id]?.expiries.append(moment.wall.advanced(by: keepAlive)) }
    if kind == .delete, reaches { promises[id]?.isDeletionAsked = true }
    let wait: TimeValue? = kind == .get && random.chance(0.7) ? .milliseconds(Int64.random(in: 0...300, using: &random)) : nil
    let token = token(Asked(id: id, owner: owner, kind: kind))
    send(.ask(TaskMachine.Question(kind: kind, id: id, owner: owner, waiter: token, wait: wait, keepAlive: keepAlive)))
  }

  private mutating func end(_ number: TaskNumber) {
    runs.remove(number)
    send(.ended(number, random.chance(0.8) ? .completed(isPartial: random.chance(0.3)) : .failed(.illegalArgument("it failed"))))
  }

  private mutating func finishWrite(_ number: TaskNumber, fails: Bool) {
    guard let write = writes.removeValue(forKey: number) else { return }
    if !fails { store(write, number) }
    send(.written(number, failure: fails ? .internalFailure("disk full") : nil))
  }

  private mutating func store(_ write: TaskMachine.Write, _ number: TaskNumber) {
    switch write {
    case .insert(let record, _):
      if stored[number] != nil { violations.append("task \(number) is inserted twice") }
      stored[number] = record
      highest = max(highest, number)
    case .replace(let record, _):
      if stored[number] == nil { violations.append("task \(number) is replaced where there is none") }
      stored[number] = record
    case .remove: stored[number] = nil
    }
  }

  private mutating func finishLoad(_ number: TaskNumber, fails: Bool) {
    loads.remove(number)
    send(fails ? .loadFailed(number, .internalFailure("cannot read")) : .loaded(number, stored[number]))
  }

  private mutating func pass(_ time: TimeValue) {
    moment.wall = moment.wall.advanced(by: time)
    moment.uptimeNanoseconds = moment.uptime(after: time)
    send(.tick)
  }

  private mutating func sweep() {
    send(.sweep(stored.values.filter { $0.expires < moment.wall }.map(\.id.number).sorted()))
  }

  /// The server dies. Of the calls of the store under way, some had taken effect.
  private mutating func crash() {
    for (number, write) in writes.sorted(by: { $0.key < $1.key }) where random.chance(0.5) { store(write, number) }
    restart()
  }

  private mutating func shutDown() {
    send(.close)
    send(.abort)
    for number in runs.sorted() { end(number) }
    while let number = writes.keys.min() { finishWrite(number, fails: false) }
    restart()
  }

  private mutating func restart() {
    writes = [:]
    loads = []
    runs = []
    asked = [:]
    counts = [:]
    machine = TaskMachine(limits: limits)
    nextNumber = highest + 1
    for record in stored.values.sorted(by: { $0.id.number < $1.id.number }) where !record.state.isFinished { send(.recover(record)) }
  }

  // MARK: What comes of it

  private mutating func token(_ question: Asked) -> WaiterToken {
    defer { nextToken += 1 }
    asked[nextToken] = question
    return nextToken
  }

  private mutating func send(_ event: TaskMachine.Event) {
    for effect in machine.apply(event, at: moment) {
      switch effect {
      case .start(let number):
        if !runs.insert(number).inserted { violations.append("task \(number) is started twice") }
      case .load(let number):
        if !loads.insert(number).inserted { violations.append("task \(number) is loaded twice at once") }
      case .write(let number, let write):
        if writes.updateValue(write, forKey: number) != nil { violations.append("task \(number) is written twice at once") }
      case .answer(let token, let answer): take(answer, token)
      case .forget(let number):
        if runs.contains(number) { violations.append("task \(number) is forgotten while it runs") }
      case .observe(let event): counts[event.kind, default: 0] += 1
      case .cancel, .finishEarly: break
      }
    }
  }

  private mutating func take(_ answer: TaskMachine.Answer, _ token: WaiterToken) {
    guard let question = asked.removeValue(forKey: token) else {
      violations.append("waiter \(token) is answered twice")
      return
    }
    answerCount += 1
    guard let promise = promises[question.id] else { return }
    switch answer {
    case .running(let snapshot), .finished(let snapshot): take(snapshot, question, promise)
    case .acknowledged: promises[question.id]?.isDeletionAcknowledged = true
    case .refused(let error):
      guard error.status == 404, promise.owner == nil || promise.owner == question.owner else { return }
      let mayBeExpired = promise.expiries.contains { $0 <= moment.wall }
      if !promise.isDeletionAsked, !mayBeExpired { violations.append("\(question.id.number) is lost") }
    }
  }

  private mutating func take(_ snapshot: TaskSnapshot, _ question: Asked, _ promise: Promise) {
    let number = question.id.number
    if snapshot.record.id != question.id { violations.append("\(number) is answered with another task") }
    if promise.owner != nil, promise.owner != question.owner { violations.append("\(number) is shown to \(question.owner ?? "nobody")") }
    if promise.isDeletionAcknowledged { violations.append("\(number) is shown after its deletion") }
    if snapshot.record.expires <= moment.wall { violations.append("\(number) is shown after its expiry") }
    guard snapshot.hasID else { return }
    if promise.owner == nil || promise.owner == question.owner, !ids.contains(question.id) { ids.append(question.id) }
    guard snapshot.record.state.isFinished else {
      if promise.outcome != nil { violations.append("\(number) runs again after its outcome was shown") }
      return
    }
    if stored[number]?.state != snapshot.record.state { violations.append("\(number) is shown before it is durable") }
    if let outcome = promise.outcome, outcome.completed != snapshot.record.completed || outcome.state != snapshot.record.state {
      violations.append("\(number) has two outcomes")
    }
    promises[question.id]?.outcome = snapshot.record
  }

  // MARK: What must always hold

  private mutating func check() {
    if runs.count != machine.runningCount { violations.append("\(runs.count) run, \(machine.runningCount) are counted") }
    if runs.count > limits.runningMax { violations.append("\(runs.count) run, over the limit") }
    if machine.queue.count > limits.queuedMax + highestRecovered { violations.append("\(machine.queue.count) wait, over the limit") }
    if machine.waiters.count > asked.count { violations.append("a waiter is left behind") }
  }

  /// Recovered tasks are queued whatever the limit: they had been admitted.
  private var highestRecovered: Int { counts[.recovered, default: 0] }

  /// Lets everything come to its end, and looks whether anything is left.
  private mutating func drain() {
    guard violations.isEmpty else { return }
    for _ in 0..<200 {
      for number in runs.sorted() { end(number) }
      while let number = writes.keys.min() { finishWrite(number, fails: false) }
      for number in loads.sorted() { finishLoad(number, fails: false) }
      pass(.milliseconds(50))
      sweep()
    }
    if !asked.isEmpty { violations.append("\(asked.count) clients wait for ever") }
    if !machine.tasks.isEmpty { violations.append("tasks \(machine.tasks.keys.sorted()) never end") }
    if machine.runningCount != 0 || !machine.queue.isEmpty { violations.append("places are lost") }
    if !machine.unfinishedCounts.isEmpty { violations.append("unfinished tasks are counted that are not there") }
    if machine.timeUntilDue(at: moment) != nil { violations.append("a deadline of nobody's is left") }
    if !stored.values.allSatisfy({ $0.expires > moment.wall }) { violations.append("expired records are left") }
    let begun = counts[.admitted, default: 0] + counts[.recovered, default: 0]
    let ended = counts[.completed, default: 0] + counts[.failed, default: 0] + counts[.cancelled, default: 0]
    if begun != ended { violations.append("\(begun) tasks began, \(ended) ended") }
    let submitted = counts[.submitted, default: 0]
    if submitted != counts[.admitted, default: 0] + counts[.rejected, default: 0] { violations.append("submissions do not add up") }
  }
}
