import Meanwhile
import MeanwhileTestKit

/// A bug that the simulation must find: one thing left out, planted from outside, through the seams that production code has anyway.
enum PlantedBug: String, Sendable, CaseIterable {
  /// The log's blocks are acknowledged without their sync.
  case logIsNotSynced
  /// A large result's file is not synced before the log refers to it.
  case resultFileIsNotSynced
  /// The names of new files are not made durable.
  case directoryIsNotSynced
  /// Whose a task is is not looked at once it comes from the store.
  case ownerIsNotChecked
  /// A new keep-alive is acknowledged and not written.
  case keepAliveIsNotKept
  /// A removal is acknowledged and not written.
  case removalIsNotKept
  /// How often a query was started is not written, so that one that brings the server down does so for ever.
  case attemptsAreNotCounted
  /// A result is given out under another task's number.
  case resultsAreMixedUp

  func plant(in files: SimulatedFileSystem) {
    switch self {
    case .logIsNotSynced: files.ignore(.sync, onPathEnding: ".log")
    case .resultFileIsNotSynced: files.ignore(.sync, onPathEnding: ".result")
    case .directoryIsNotSynced: files.ignore(.syncDirectory)
    default: break
    }
  }
}

/// A store with a planted bug.
struct BuggyTaskStore: TaskStore {
  let base: any TaskStore
  let bug: PlantedBug

  func insert(_ record: TaskRecord, result: ChunkStream?) async throws {
    try await base.insert(record, result: result)
  }

  func replace(_ record: TaskRecord, result: ChunkStream?) async throws {
    var record = record
    if bug == .keepAliveIsNotKept, let old = try await base.load(record.id.number) { record.expires = old.expires }
    if bug == .attemptsAreNotCounted { record.attempts = 1 }
    try await base.replace(record, result: result)
  }

  func load(_ number: TaskNumber) async throws -> TaskRecord? {
    var record = try await base.load(number)
    if bug == .ownerIsNotChecked { record?.owner = nil }
    return record
  }

  func result(of number: TaskNumber) async throws -> ChunkStream? {
    if bug == .resultsAreMixedUp, let other = try await base.result(of: number + 1) { return other }
    return try await base.result(of: number)
  }

  func remove(_ number: TaskNumber) async throws -> Bool {
    bug == .removalIsNotKept ? try await base.load(number) != nil : try await base.remove(number)
  }

  func records(after number: TaskNumber, limit: Int) async throws -> [TaskRecord] {
    try await base.records(after: number, limit: limit)
  }

  func unfinished() async throws -> [TaskRecord] { try await base.unfinished() }

  func numbers(expiringBefore moment: Timestamp, limit: Int) async throws -> [TaskNumber] {
    try await base.numbers(expiringBefore: moment, limit: limit)
  }

  func highestNumber() async throws -> TaskNumber { try await base.highestNumber() }
}
