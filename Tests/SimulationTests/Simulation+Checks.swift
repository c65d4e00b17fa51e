import MeanwhileFileStore
import MeanwhileTestKit
import Synchronization

@testable import Meanwhile

/// What must hold after every step, at every start, and at the end.
extension Simulation {
  func check() {
    guard let life, !life.isOver, !files.hasLostPower else { return }
    let attemptsMax = configuration.limits.attemptsMax
    scheduler.runAtOnce { [ledger, runs] in
      await life.service.tasks.look { figures, limits in
        // A lower limit ends nothing that there is already, but what is over it does not grow.
        let before = life.replaceFigures(figures)
        if figures.running > max(limits.runningMax, before.running) { ledger.violate("\(figures.running) run, over the limit") }
        if runs.activeCount > figures.running { ledger.violate("\(runs.activeCount) run, \(figures.running) are counted") }
        // What was taken over had been admitted before, so no limit applies to it.
        let queuedMax = max(limits.queuedMax + life.events[.recovered], before.queued)
        if figures.queued > queuedMax { ledger.violate("\(figures.queued) wait, over the limit") }
        if figures.waiters > max(limits.waitersMax, before.waiters) { ledger.violate("\(figures.waiters) clients wait, over the limit") }
        let open = life.openAskings.count
        if figures.waiters > open { ledger.violate("\(figures.waiters) wait, and \(open) have asked") }
        if let contradiction = life.events.contradiction(unfinished: figures.unfinished) { ledger.violate(contradiction) }
      }
    }
    for promise in ledger.known where runs.starts(of: promise.query.label) > attemptsMax + shutdownCount {
      ledger.violate("\(promise.query.label) was started \(runs.starts(of: promise.query.label)) times")
    }
  }

  /// Holds what a store found on the disk against what clients were told. Called at each start, before the service.
  func audit(_ store: FileStore) async {
    for promise in ledger.known {
      guard let id = promise.id else { continue }
      let label = promise.query.label
      let record: TaskRecord?
      do {
        record = try await store.load(id.number)
      } catch {
        // Only a disk that fails at this very moment may do that.
        if files.hasLostPower { return }
        ledger.note("\(label) cannot be read at the start: \(error)")
        continue
      }
      guard let record, record.id == id else {
        if !promise.isDeletionAsked, !promise.mayBeExpired { ledger.violate("\(label) is not on the disk any more") }
        continue
      }
      if promise.deletionAcknowledged != nil { ledger.violate("\(label) is on the disk after its deletion") }
      if record.owner != promise.owner { ledger.violate("\(label) is another's on the disk") }
      if record.request != promise.query.request { ledger.violate("\(label) is another request on the disk") }
      guard let outcome = promise.outcome else { continue }
      if record.state != outcome.state || record.completed != outcome.completed || record.failure != outcome.failure {
        ledger.violate("\(label) has another outcome on the disk than a client saw")
      }
    }
  }

  // MARK: The end

  /// Lets everything come to its end, and looks whether anything is left.
  mutating func finish() {
    // A failed sync may have closed the log for good, so this takes another start.
    isHealthy = true
    files.heal()
    if files.hasLostPower { crash("power lost") } else if random.chance(0.5) { crash("process killed") } else { shutDown() }
    settle()
    askEachForTheLastTime()
    outliveAll()
  }

  /// Lets time pass until nobody waits and nothing runs.
  private mutating func settle() {
    for _ in 0..<20_000 where ledger.violations.isEmpty {
      if files.hasLostPower || runs.takeBringsDown() {
        crash("query brought the server down")
        continue
      }
      guard !scheduler.runNext() else { continue }
      check()
      guard let life else { return }
      if life.openAskings.isEmpty, figures() == ManagerFigures() { return }
      passToNextWaking()
    }
    guard ledger.violations.isEmpty else { return }
    ledger.violate("it never comes to rest: \(figures() as Any), \(life?.openAskings.count ?? 0) clients wait")
  }

  /// What the manager holds; nil where it cannot be looked at yet.
  private func figures() -> ManagerFigures? {
    let box = Box<ManagerFigures?>(nil)
    if let life { scheduler.runAtOnce { await life.service.tasks.look { figures, _ in box.set(figures) } } }
    return box.value
  }

  /// Whoever was told an id gets what it stands for, unless it was deleted or has expired.
  private mutating func askEachForTheLastTime() {
    guard ledger.violations.isEmpty else { return }
    for promise in ledger.known {
      guard let id = promise.id else { continue }
      for principal in Self.owners {
        start(as: principal) { await $0.get(promise.query.label, id, wait: .zero, keepAlive: nil) }
        scheduler.runUntilIdle()
      }
    }
    for promise in ledger.known where promise.outcome == nil && !promise.isDeletionAsked && !promise.mayBeExpired {
      ledger.violate("\(promise.query.label) never ended")
    }
  }

  /// Goes on until everything has expired, and looks whether a sweep leaves anything.
  private mutating func outliveAll() {
    guard ledger.violations.isEmpty else { return }
    pass(.days(20))
    settle()
    guard let life, ledger.violations.isEmpty else { return }
    scheduler.spawn { await life.service.tasks.sweep() }
    settle()
    let left = Box<[TaskRecord]>([])
    scheduler.spawn { left.set((try? await life.store.allRecords()) ?? []) }
    scheduler.runUntilIdle()
    if !left.value.isEmpty { ledger.violate("\(left.value.count) expired records are left") }
    crash("process killed")
    if let names = try? files.list("/data/tasks/results"), !names.isEmpty { ledger.violate("result files are left: \(names)") }
    self.life?.isOver = true
    self.life?.time.end()
    scheduler.runUntilIdle()
  }
}

/// Carries a value out of a job.
private final class Box<Value: Sendable>: Sendable {
  private let state: Mutex<Value>
  init(_ value: Value) { state = Mutex(value) }
  func set(_ value: Value) { state.withLock { $0 = value } }
  var value: Value { state.withLock { $0 } }
}
