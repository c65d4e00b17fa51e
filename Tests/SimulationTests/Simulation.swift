import MeanwhileFileStore
import MeanwhileTestKit
import Synchronization

@testable import Meanwhile

/// A server on one disk, its clients, and everything that may befall them, decided by one seed.
///
/// The manager and the file store are the real ones; time, files, chance and concurrency are simulated. A step is one job of the scheduler, one thing that a client
/// asks, or one misfortune. After each, what must hold is checked; see ``Ledger`` for what clients were promised.
struct Simulation {
  static let owners: [Principal?] = [
    Principal(username: "alice", realm: "native"), Principal(username: "bob", realm: "native"), nil,
  ]

  let ledger: Ledger
  let scheduler: SimulatedScheduler
  let files: SimulatedFileSystem
  let runs = ScriptedRuns()
  let seed: UInt64
  let bug: PlantedBug?
  let configuration: ServiceConfiguration
  let options: FileStoreOptions
  /// How often a job runs rather than something else happens, 0 ... 1.
  let haste: Double
  var random: SeededRandom
  var life: ServerLife?
  var wall = Timestamp(milliseconds: 1_700_000_000_000)
  var lifeCount = 0
  var labelCount = 0
  var shutdownCount = 0
  /// What was submitted last, and by whom, for one who asks the same.
  var lastSubmitted: (query: ScriptedQuery, principal: Principal?)?
  /// The disk fails no more.
  var isHealthy = false
  /// Steps until the disk has room again.
  var stepsUntilRoom = 0
  /// How often each kind of fault has happened, beside those of the disk.
  private(set) var faults: [String: Int] = [:]

  init(seed: UInt64, bug: PlantedBug? = nil, isVerbose: Bool = false) {
    self.seed = seed
    self.bug = bug
    ledger = Ledger(isVerbose: isVerbose)
    scheduler = SimulatedScheduler(seed: seed ^ 0x5C4E_D01E)
    files = SimulatedFileSystem(seed: seed ^ 0xF11E)
    random = SeededRandom(seed: seed)
    bug?.plant(in: files)
    haste = Double.random(in: 0.8..<0.99, using: &random)
    var configuration = ServiceConfiguration()
    configuration.limits.runningMax = Int.random(in: 1...4, using: &random)
    configuration.limits.queuedMax = Int.random(in: 1...20, using: &random)
    configuration.limits.queuedPerOwnerMax = Int.random(in: 1...10, using: &random)
    configuration.limits.waitersMax = random.chance(0.2) ? Int.random(in: 3...20, using: &random) : 100_000
    configuration.limits.attemptsMax = Int.random(in: 1...3, using: &random)
    configuration.limits.memoryBytesMax = 2_000
    configuration.limits.memoryBytesPerQueryMax = 1_000
    configuration.shutdownGrace = .seconds(Int64.random(in: 0...20, using: &random))
    self.configuration = configuration
    // So small that a short run fills segments, cleans them, and has results in files.
    options = FileStoreOptions(
      execution: .caller, segmentBytesMax: Int.random(in: 1...6, using: &random) << 10, logBytesMin: 4 << 10,
      inlineResultBytesMax: Int.random(in: 64...512, using: &random), flushBytes: 6 << 10)
  }

  /// Runs it: some steps, then the disk heals, everything comes to its end, and what is left is looked at.
  ///
  /// - Returns: what went wrong; nothing, if all is well.
  mutating func run(steps: Int) -> [String] {
    start()
    for _ in 0..<steps where ledger.violations.isEmpty {
      step()
      check()
    }
    if ledger.violations.isEmpty { finish() }
    return ledger.violations
  }

  /// What happened, as one number.
  var trace: UInt64 { ledger.trace &+ UInt64(files.callCount) }

  mutating func count(_ fault: String) {
    ledger.note(fault)
    faults[fault, default: 0] += 1
  }

  private mutating func step() {
    if files.hasLostPower { return crash("power lost") }
    if runs.takeBringsDown() { return crash("query brought the server down") }
    stepsUntilRoom -= 1
    if stepsUntilRoom == 0 { files.setBytesMax(.max) }
    guard random.chance(haste), scheduler.runNext() else { return act() }
  }

  // MARK: Lives

  /// Starts the server on what the disk holds, which may fail meanwhile.
  mutating func start() {
    lifeCount += 1
    let mayFail = lifeCount > 1 && !isHealthy
    let losesPower = mayFail && random.chance(0.1)
    if losesPower { files.losePower(atCall: Int.random(in: 0..<40, using: &random)) }
    let fails = mayFail && random.chance(0.05)
    if fails { files.fail(call: Int.random(in: 0..<40, using: &random)) }
    defer { if losesPower || fails { life?.hadFault = true } }
    while !attemptStart() {
      guard mayFail else { return ledger.violate("the server does not start") }
      count("start failed")
      files.losePower()
      files.restart()
    }
  }

  private mutating func attemptStart() -> Bool {
    let time = SimulatedTimeSource(start: wall)
    ledger.setNow(wall)
    let shared = Shared()
    let faultsBefore = files.faultCounts
    scheduler.spawn { [self, lifeCount, wall] in
      do {
        let store = try await FileStore(
          opening: "/data", options: options, fileSystem: files, time: time,
          random: SeededRandomSource(seed: seed &+ UInt64(files.callCount)))
        let events = TaskEventCounter()
        var configuration = configuration
        configuration.nodeID = store.nodeID
        let environment = Environment(time: time, random: SeededRandomSource(seed: seed &* 31 &+ UInt64(lifeCount)), spawner: scheduler)
        let tasks: any TaskStore = bug.map { BuggyTaskStore(base: store, bug: $0) } ?? store
        var builder = ServiceBuilder(configuration, taskStore: tasks, environment: environment)
        builder.add(ScriptedLanguage(time: time, scheduler: scheduler, runs: runs))
        builder.observe(with: events)
        builder.persistSettings(in: store)
        await audit(store)
        let service = try await builder.build()
        ledger.findSettings(service.settings.layers.persistent)
        shared.set(ServerLife(number: lifeCount, time: time, start: wall, store: store, service: service, events: events))
      } catch {
        ledger.note("start failed: \(error)")
      }
    }
    while shared.life == nil, !files.hasLostPower, scheduler.runNext() {}
    guard let life = shared.life else {
      time.end()
      scheduler.runUntilIdle()
      return false
    }
    life.hadFault = files.faultCounts != faultsBefore
    if !life.store.damages.isEmpty, !life.hadFault { ledger.violate("damage where only power was lost: \(life.store.damages)") }
    if stepsUntilRoom > 0 { life.hadFault = true }
    self.life = life
    ledger.note("life \(lifeCount)")
    return true
  }

  /// The server dies where it stands. What it would still do meets a dead disk, and nobody hears of it.
  mutating func crash(_ cause: String) {
    guard let life else { return }
    count(cause)
    life.isOver = true
    files.losePower()
    life.time.end()
    for (_, asking) in life.openAskings { asking.cancel() }
    if !scheduler.runUntilIdle() { ledger.violate("a dying server never rests") }
    ledger.endLife()
    files.restart()
    start()
  }

  /// The server ends in order, while clients go on asking.
  mutating func shutDown() {
    guard let life else { return }
    count("shutdown")
    shutdownCount += 1
    life.isClosing = true
    let done = Shared()
    scheduler.spawn {
      await life.service.shutDown()
      done.finish()
    }
    var patience = 5_000
    while !done.isFinished, patience > 0, ledger.violations.isEmpty {
      patience -= 1
      if files.hasLostPower { return crash("power lost in a shutdown") }
      if runs.takeBringsDown() { return crash("query brought the server down") }
      guard !scheduler.runNext() else { continue }
      if random.chance(0.2) { act() } else { passToNextWaking() }
      guard self.life === life else { return }
      check()
    }
    if !done.isFinished, ledger.violations.isEmpty { ledger.violate("a shutdown never ends") }
    scheduler.runUntilIdle()
    if !life.openAskings.isEmpty, !files.hasLostPower { ledger.violate("\(life.openAskings.count) clients are left waiting by a shutdown") }
    if files.hasLostPower { return crash("power lost in a shutdown") }
    life.isOver = true
    scheduler.spawn { await life.store.close() }
    life.time.end()
    scheduler.runUntilIdle()
    ledger.endLife()
    files.heal()
    if files.hasLostPower { files.restart() }
    start()
  }

  // MARK: Time

  mutating func passToNextWaking() {
    guard let life, let duration = life.time.timeUntilNextWaking else { return }
    pass(duration)
  }

  mutating func pass(_ duration: TimeValue) {
    guard let life else { return }
    life.time.advance(by: duration)
    wall = life.time.now()
    ledger.setNow(life.steadyNow)
    ledger.note("+\(duration.text)")
  }

  mutating func jump(by duration: TimeValue) {
    guard let life else { return }
    life.time.setWallClock(to: life.time.now().advanced(by: duration))
    wall = life.time.now()
    ledger.note("wall clock \(duration.text)")
  }
}

/// What a job of the scheduler hands to the simulation.
private final class Shared: Sendable {
  private let state = Mutex<(life: ServerLife?, isFinished: Bool)>((nil, false))
  func set(_ life: ServerLife) { state.withLock { $0.life = life } }
  func finish() { state.withLock { $0.isFinished = true } }
  var life: ServerLife? { state.withLock { $0.life } }
  var isFinished: Bool { state.withLock { $0.isFinished } }
}
