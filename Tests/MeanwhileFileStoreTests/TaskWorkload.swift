import Meanwhile
import MeanwhileFileStore
import MeanwhileTestKit

/// A workload on a task store that remembers what was acknowledged, and checks a store against it.
///
/// An operation that threw may have happened or not; until the next that succeeds, either is right. Everything else has one right answer.
struct TaskWorkload {
  struct State: Hashable {
    var record: TaskRecord
    var result: [UInt8]?
  }

  /// What a check found wrong.
  struct Violation: Error, CustomStringConvertible {
    var description: String
  }

  private var random: SeededRandom
  /// By number, what may be there: one state, or several while in doubt; nil is absence.
  private var allowed: [TaskNumber: [State?]] = [:]
  private var nextNumber: TaskNumber = 1
  private var highestAcknowledged: TaskNumber = 0
  private(set) var acknowledgedCount = 0

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// Runs some operations, until one finds the power gone.
  mutating func run(_ count: Int, on store: FileStore, files: SimulatedFileSystem) async {
    for _ in 0..<count where !files.hasLostPower { await step(store) }
  }

  private mutating func step(_ store: FileStore) async {
    let known = allowed.keys.sorted()
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<5: await insert(store)
    case 5..<8:
      guard let number = known.randomElement(using: &random) else { return await insert(store) }
      await replace(number, store)
    default:
      guard let number = known.randomElement(using: &random) else { return await insert(store) }
      await remove(number, store)
    }
  }

  private mutating func insert(_ store: FileStore) async {
    let number = nextNumber
    nextNumber += 1
    let state = State(record: TaskExamples.record(number, description: "d\(random.next() % 1_000)"), result: makeResult())
    do {
      try await store.insert(state.record, result: state.result.map(TaskExamples.result))
      acknowledge(number, [state])
    } catch {
      allowed[number] = [nil, state]
    }
  }

  private mutating func replace(_ number: TaskNumber, _ store: FileStore) async {
    let record = TaskExamples.record(number, description: "r\(random.next() % 1_000)", expires: Int64(random.next() % 5_000))
    let result = makeResult()
    let before = allowed[number] ?? []
    let after = before.compactMap { $0 }.map { State(record: record, result: result ?? $0.result) }
    do {
      try await store.replace(record, result: result.map(TaskExamples.result))
      acknowledge(number, after)
    } catch let error as APIError where error.status == 404 {
      allowed[number] = before.filter { $0 == nil }
    } catch {
      allowed[number] = before + after
    }
  }

  private mutating func remove(_ number: TaskNumber, _ store: FileStore) async {
    do {
      _ = try await store.remove(number)
      acknowledge(number, [nil])
    } catch {
      allowed[number, default: []].append(nil)
    }
  }

  private mutating func acknowledge(_ number: TaskNumber, _ states: [State?]) {
    allowed[number] = states
    acknowledgedCount += 1
    if states.contains(where: { $0 != nil }) { highestAcknowledged = max(highestAcknowledged, number) }
  }

  private mutating func makeResult() -> [UInt8]? {
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<2: nil
    case 2: []
    case 3..<8: bytes(Int.random(in: 1...256, using: &random))
    default: bytes(Int.random(in: 257...3_000, using: &random))
    }
  }

  private mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  /// Compares a store with what was acknowledged, and takes what it has for settled.
  mutating func check(_ store: FileStore) async throws {
    guard store.damages.isEmpty else { throw Violation(description: "damage where only power was lost: \(store.damages)") }
    var present: [TaskNumber] = []
    for (number, states) in allowed.sorted(by: { $0.key < $1.key }) {
      var found: State?
      if let record = try await store.load(number) {
        found = State(record: record, result: try await store.result(of: number)?.collect(bytesMax: .max))
        present.append(number)
      }
      guard states.contains(found) else {
        let what = found.map { "\($0.record.description) with \($0.result?.count ?? -1) bytes" } ?? "nothing"
        let expected = states.map { state in state.map { "\($0.record.description) with \($0.result?.count ?? -1) bytes" } ?? "nothing" }
        throw Violation(description: "task \(number) is \(what); it must be one of \(expected)")
      }
      allowed[number] = [found]
    }
    let listed = try await store.allRecords().map(\.id.number)
    guard listed == present else { throw Violation(description: "allRecords() lists \(listed), not \(present)") }
    let highest = try await store.highestNumber()
    guard highest >= highestAcknowledged, highest < nextNumber else {
      throw Violation(description: "the highest number is \(highest), not \(highestAcknowledged)..<\(nextNumber)")
    }
    let expiring = try await store.numbers(expiringBefore: Timestamp(milliseconds: .max), limit: .max)
    guard expiring.sorted() == present else { throw Violation(description: "expiring are \(expiring), not \(present)") }
  }
}
