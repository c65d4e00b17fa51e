import Meanwhile
import MeanwhileTestKit

/// What may happen: things that clients ask, and misfortunes.
extension Simulation {
  mutating func act() {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<30: submit()
    case 30..<61: ask()
    case 61: if random.chance(0.5) { changeSettings() }
    case 62..<66: disconnect()
    case 66..<68: cancelSomeTask()
    case 68..<69: askForUnknown()
    case 69..<71: sweep()
    case 71..<90: if scheduler.isIdle { passTime() }
    case 90..<93: if scheduler.isIdle { jumpClock() }
    case 93..<97: failDisk()
    case 97..<99: if random.chance(0.25) { crash("process killed") }
    default: if random.chance(0.25), life?.isClosing == false { shutDown() }
    }
  }

  // MARK: Clients

  private mutating func submit() {
    guard let life else { return }
    labelCount += 1
    let ending: ScriptedQuery.Ending =
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<78: .completes
      case 78..<90: .fails
      case 90..<97: .isDeaf
      default: .bringsDown
      }
    var query = ScriptedQuery(
      label: labelCount, milliseconds: pick([0, 0, 1, 20, 500, 5_000, 60_000, 600_000]), ending: ending,
      outputBytes: pick([0, 10, 100, 300, 700, 1_500]), memoryBytes: pick([0, 0, 0, 300, 900, 1_100]))
    let options: SubmissionOptions? =
      random.chance(0.85)
      ? SubmissionOptions(
        wait: pick([.zero, .zero, .milliseconds(10), .seconds(1), .seconds(30), nil]),
        keepAlive: pickKeepAlive(), keepOnCompletion: random.chance(0.5)) : nil
    var principal = pick(Self.owners)
    if let lastSubmitted, random.chance(0.2) {
      query = lastSubmitted.query
      query.label = labelCount
      principal = lastSubmitted.principal
    }
    lastSubmitted = (query, principal)
    let isShort = query.milliseconds == 0 && query.ending != .isDeaf
    let habit = SubmissionHabit(isBrief: isShort && random.chance(0.5), keepsFailures: random.chance(0.8))
    ledger.begin(query, owner: principal?.owner)
    ledger.note("submit \(query) by \(principal?.username ?? "nobody"), \(options as Any), \(habit)")
    let language = ScriptedLanguage(time: life.time, scheduler: scheduler, runs: runs)
    start(as: principal) { [query] in await $0.submit(query, options, habit, language: language) }
  }

  private mutating func ask() {
    guard let promise = ledger.known.randomElement(using: &random), let id = promise.id else { return }
    let label = promise.query.label
    let owner = Self.owners.first { $0?.owner == promise.owner } ?? nil
    let principal = random.chance(0.8) ? owner : pick(Self.owners)
    let reaches = promise.owner == nil || promise.owner == principal?.owner
    let isPrivileged = random.chance(0.1)
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<45:
      let wait: TimeValue? = pick([.zero, .zero, .milliseconds(10), .seconds(1), .seconds(30), nil])
      let keepAlive = random.chance(0.25) ? pickKeepAlive() : nil
      ledger.note("get \(label) by \(principal?.username ?? "nobody"), wait \(wait?.text ?? "-"), keep alive \(keepAlive?.text ?? "-")")
      let key = start(as: principal) { await $0.get(label, id, wait: wait, keepAlive: keepAlive) }
      if let keepAlive, reaches { ledger.askKeepAlive(keepAlive, of: label, key: key) }
    case 45..<55:
      let (offset, count) = (Int.random(in: 0..<800, using: &random), Int.random(in: 1..<300, using: &random))
      ledger.note("page \(offset) \(count) of \(label) by \(principal?.username ?? "nobody")")
      start(as: principal) { await $0.page(label, id, from: offset, count: count) }
    case 55..<65:
      ledger.note("watch \(label) by \(principal?.username ?? "nobody")")
      start(as: principal) { await $0.watch(label, id) }
    case 65..<77:
      ledger.note("stop \(label) by \(principal?.username ?? "nobody")")
      if reaches { ledger.change(label) { $0.isStopAsked = true } }
      start(as: principal) { await $0.stop(label, id) }
    case 77..<90:
      ledger.note("status \(label) by \(principal?.username ?? "nobody")")
      start(as: principal) { await $0.status(label, id, isPrivileged: isPrivileged) }
    default:
      ledger.note("delete \(label) by \(principal?.username ?? "nobody")")
      if reaches || isPrivileged { ledger.change(label) { $0.isDeletionAsked = true } }
      start(as: principal) { await $0.delete(label, id, isPrivileged: isPrivileged) }
    }
  }

  /// One change at a time: of several it would not be known which came last.
  private mutating func changeSettings() {
    guard let life, !life.isClosing, life.beginSettingsChange() else { return }
    let choices: [(String, String)] = [
      ("meanwhile.tasks.running_max", "\(Int.random(in: 1...4, using: &random))"),
      ("meanwhile.tasks.queued_max", "\(Int.random(in: 1...20, using: &random))"),
      ("meanwhile.tasks.waiters_max", "\(pick([3, 20, 100_000, 100_000]))"),
      ("meanwhile.tasks.single_flight", pick(["true", "true", "false"])),
      ("meanwhile.tasks.sweep_interval", pick(["10s", "5m"])),
    ]
    let change = Dictionary(uniqueKeysWithValues: [pick(choices)])
    ledger.note("change \(change)")
    ledger.trySettings(change)
    start(as: nil) {
      await $0.change(change)
      $0.life.endSettingsChange()
    }
  }

  private mutating func askForUnknown() {
    guard let life else { return }
    let number = UInt64.random(in: 1...40, using: &random)
    let id = TaskID(node: life.service.nodeID, number: number, random: SeededRandomSource(seed: random.next()))
    start(as: pick(Self.owners)) { await $0.getUnknown(id) }
  }

  /// Starts a client's asking.
  ///
  /// - Returns: its key.
  @discardableResult
  mutating func start(as principal: Principal?, _ body: @escaping @Sendable (Client) async -> Void) -> Int {
    guard let life else { return 0 }
    let key = ledger.tick()
    let client = Client(life: life, ledger: ledger, key: key, principal: principal, disconnection: Disconnection())
    let cancel = scheduler.spawn { await body(client) }
    life.begin(key, ServerLife.Asking(disconnection: client.disconnection, cancel: cancel))
    return key
  }

  private mutating func disconnect() {
    guard let (key, asking) = life?.openAskings.randomElement(using: &random) else { return }
    count("disconnect")
    ledger.note("client \(key) goes")
    asking.disconnection.fire()
  }

  /// As `POST /_tasks/{id}/_cancel` does, of a task that a listing shows.
  private mutating func cancelSomeTask() {
    guard let life else { return }
    let choice = random.next()
    let asked = ledger.tick()
    let ledger = ledger
    scheduler.spawn {
      guard let listed = try? await life.service.tasks.list(), !listed.isEmpty else { return }
      let task = listed[Int(choice % UInt64(listed.count))]
      guard let label = Int(task.view.description) else { return }
      if let deleted = ledger[label]?.deletionAcknowledged, deleted < asked { ledger.violate("\(label) is listed after its deletion") }
      ledger.change(label) { $0.isCancelAsked = true }
      await life.service.tasks.cancel(task.id.number)
      ledger.count("cancel")
    }
  }

  private mutating func sweep() {
    guard let life else { return }
    scheduler.spawn { await life.service.tasks.sweep() }
  }

  // MARK: Time

  private mutating func passTime() {
    if random.chance(0.7) { passToNextWaking() } else { pass(.milliseconds(pick([1, 50, 999, 20_000, 300_000]))) }
  }

  private mutating func jumpClock() {
    let isForward = random.chance(0.5)
    count(isForward ? "clock set forward" : "clock set back")
    let seconds: Int64 = pick([1, 30, 600, 7_200])
    jump(by: .seconds(isForward ? seconds : -seconds))
  }

  private mutating func pickKeepAlive() -> TimeValue {
    pick([.milliseconds(50), .seconds(2), .minutes(1), .minutes(20), .hours(2), .days(5), .days(5)])
  }

  private mutating func pick<Value>(_ choices: [Value]) -> Value { choices[Int.random(in: 0..<choices.count, using: &random)] }

  // MARK: The disk

  private mutating func failDisk() {
    guard let life, random.chance(0.6) else { return }
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<5: files.losePower(atCall: Int.random(in: 0..<12, using: &random))
    case 5: files.fail(call: Int.random(in: 0..<6, using: &random))
    case 6: files.fail(next: .read)
    case 7: files.fail(next: .sync, onPathEnding: pick([".log", ".result"]))
    case 8: files.fail(next: pick([.write, .open, .create, .remove, .map]))
    default:
      files.setBytesMax(files.bytesUsed + Int.random(in: 0..<2_000, using: &random))
      stepsUntilRoom = 60
    }
    life.hadFault = true
  }
}
