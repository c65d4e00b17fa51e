import Meanwhile
import MeanwhileTestKit
import Testing

struct TaskStoreConformanceTests {
  @Test(arguments: TaskStoreConformance.clauses)
  func theSmallestStoreThereCanBeConforms(clause: TaskStoreConformance.Clause) async throws {
    try await clause.check(TaskStoreConformance { TransientTaskStore() })
  }

  /// A kit that finds nothing is worth nothing: each of these stores breaks one promise.
  @Test(arguments: FaultyTaskStore.Fault.allCases)
  func aStoreThatBreaksAPromiseIsFound(fault: FaultyTaskStore.Fault) async throws {
    await #expect(throws: ConformanceFailure.self) {
      try await TaskStoreConformance { FaultyTaskStore(fault) }.run()
    }
  }
}

/// A store with one fault.
struct FaultyTaskStore: TaskStore {
  enum Fault: CaseIterable, Sendable {
    case forgetsResults, replacesWhatIsNotThere, losesTheHighestNumber, listsOutOfOrder, listsTooMany, runsFinishedTasksAgain,
      ignoresTheLimit, saysItRemoved, dropsTheOwner
  }

  let fault: Fault
  private let sound = TransientTaskStore()

  init(_ fault: Fault) { self.fault = fault }

  func insert(_ record: TaskRecord, result: ChunkStream?) async throws {
    var record = record
    if fault == .dropsTheOwner { record.owner = nil }
    try await sound.insert(record, result: fault == .forgetsResults ? nil : result)
  }

  func replace(_ record: TaskRecord, result: ChunkStream?) async throws {
    if fault == .replacesWhatIsNotThere, await sound.load(record.id.number) == nil {
      try await sound.insert(record, result: result)
    } else {
      try await sound.replace(record, result: result)
    }
  }

  func load(_ number: TaskNumber) async throws -> TaskRecord? { await sound.load(number) }

  func result(of number: TaskNumber) async throws -> ChunkStream? { await sound.result(of: number) }

  func remove(_ number: TaskNumber) async throws -> Bool {
    let there = try await sound.remove(number)
    return there || fault == .saysItRemoved
  }

  func records(after number: TaskNumber, limit: Int) async throws -> [TaskRecord] {
    let page = await sound.records(after: number, limit: fault == .listsTooMany ? .max : limit)
    return fault == .listsOutOfOrder ? page.reversed() : page
  }

  func unfinished() async throws -> [TaskRecord] {
    fault == .runsFinishedTasksAgain ? await sound.records() : await sound.unfinished()
  }

  func numbers(expiringBefore moment: Timestamp, limit: Int) async throws -> [TaskNumber] {
    await sound.numbers(expiringBefore: moment, limit: fault == .ignoresTheLimit ? .max : limit)
  }

  func highestNumber() async throws -> TaskNumber {
    fault == .losesTheHighestNumber ? await sound.records().last?.id.number ?? 0 : await sound.highestNumber()
  }
}
