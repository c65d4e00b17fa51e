/// Where task records and kept results live.
///
/// Contract. Calls may come at the same time from several tasks; those about one task's number come one after another. A call that returns has
/// made its effect durable, as far as the store is durable at all: what was acknowledged is there after a crash, whole, and nothing half-written is
/// ever seen. A store never looks at the clock: expiry is the manager's, who asks by ``numbers(expiringBefore:)`` and removes.
///
/// Shipped implementations: `MemoryStore`, `FileStore`. The kit is `TaskStoreConformance` in MeanwhileTestKit.
public protocol TaskStore: Sendable {
  /// Adds a record, with its result where the task has finished already: one durable step.
  ///
  /// - Throws: ``APIError`` when the record exists or the store cannot write.
  func insert(_ record: TaskRecord, result: ChunkStream?) async throws

  /// Replaces a record, and its result if one is given; without one the result that is there stays.
  ///
  /// - Throws: ``APIError`` (404) when there is no such record.
  func replace(_ record: TaskRecord, result: ChunkStream?) async throws

  /// The record of a task; nil where there is none.
  func load(_ number: TaskNumber) async throws -> TaskRecord?

  /// The result that is kept with a record, as it was written; nil where there is none. The stream may be read repeatedly, from its beginning each time,
  /// and yields a part at a time of a result that is large.
  func result(of number: TaskNumber) async throws -> ChunkStream?

  /// Removes a record and its result. Of one that is not there, says false.
  @discardableResult
  func remove(_ number: TaskNumber) async throws -> Bool

  /// The records with numbers above one, in the order of their numbers, at most `limit` of them: a page of a listing.
  func records(after number: TaskNumber, limit: Int) async throws -> [TaskRecord]

  /// The records of tasks that have not finished, in the order of their numbers: what a start runs again. They are no more than may run and wait.
  ///
  /// - Throws: where one cannot be read now that may be readable later. One that is damaged for good is left out.
  func unfinished() async throws -> [TaskRecord]

  /// The tasks whose expiry is before a moment, at most `limit` of them.
  func numbers(expiringBefore moment: Timestamp, limit: Int) async throws -> [TaskNumber]

  /// How many records it holds, and how many bytes of memory or disk they and their results take, within a few per cent. Asked after each change, so
  /// it must cost next to nothing; nil, the default, where the store cannot say so cheaply: then what is kept is not limited.
  func usage() async throws -> TaskStoreUsage?

  /// The highest task number this store has ever held, so that an old id can never name a new task; 0 at first.
  func highestNumber() async throws -> TaskNumber
}

extension TaskStore {
  /// All records, in the order of their numbers, for one who can hold them all.
  public func allRecords() async throws -> [TaskRecord] {
    var all: [TaskRecord] = []
    while true {
      let page = try await records(after: all.last?.id.number ?? 0, limit: 1_000)
      guard !page.isEmpty else { return all }
      all += page
    }
  }

  public func usage() async throws -> TaskStoreUsage? { nil }
}

/// How much a ``TaskStore`` holds.
public struct TaskStoreUsage: Sendable, Hashable {
  public var records: Int
  /// Of records and results.
  public var bytes: Int

  public init(records: Int = 0, bytes: Int = 0) {
    self.records = records
    self.bytes = bytes
  }
}
