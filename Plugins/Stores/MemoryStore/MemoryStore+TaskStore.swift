import Meanwhile
import Synchronization

extension MemoryStore: TaskStore {
  public func insert(_ record: TaskRecord, result: ChunkStream?) async throws {
    // Read before anything is changed: a result that ends in an error leaves no trace.
    let chunks = try await Self.chunks(of: result)
    try tasks.withLock { tasks in
      guard tasks.entries[record.id.number] == nil else { throw Self.alreadyExists(record) }
      tasks.set(TaskTable.Entry(record: record, result: chunks))
    }
  }

  public func replace(_ record: TaskRecord, result: ChunkStream?) async throws {
    let chunks = try await Self.chunks(of: result)
    try tasks.withLock { tasks in
      guard let old = tasks.entries[record.id.number] else {
        throw APIError.resourceNotFound(record.id.encoded)
      }
      tasks.set(TaskTable.Entry(record: record, result: chunks ?? old.result))
    }
  }

  public func load(_ number: TaskNumber) async throws -> TaskRecord? {
    tasks.withLock { $0.entries[number]?.record }
  }

  public func result(of number: TaskNumber) async throws -> ChunkStream? {
    tasks.withLock { $0.entries[number]?.result }.map { ChunkStream($0) }
  }

  @discardableResult
  public func remove(_ number: TaskNumber) async throws -> Bool {
    tasks.withLock { $0.remove(number) }
  }

  public func records(after number: TaskNumber, limit: Int) async throws -> [TaskRecord] {
    tasks.withLock { tasks in
      tasks.entries.keys.filter { $0 > number }.sorted().prefix(limit).compactMap { tasks.entries[$0]?.record }
    }
  }

  public func unfinished() async throws -> [TaskRecord] {
    tasks.withLock { tasks in
      tasks.entries.values.filter { !$0.record.state.isFinished }.map(\.record).sorted { $0.id.number < $1.id.number }
    }
  }

  public func numbers(expiringBefore moment: Timestamp, limit: Int) async throws -> [TaskNumber] {
    tasks.withLock { $0.numbers(expiringBefore: moment, limit: limit) }
  }

  public func usage() async throws -> TaskStoreUsage? {
    tasks.withLock { TaskStoreUsage(records: $0.entries.count, bytes: $0.bytes) }
  }

  public func highestNumber() async throws -> TaskNumber {
    tasks.withLock { $0.highestNumber }
  }

  private static func chunks(of result: ChunkStream?) async throws -> [[UInt8]]? {
    guard let result else { return nil }
    var chunks: [[UInt8]] = []
    for try await chunk in result where !chunk.isEmpty { chunks.append(chunk) }
    return merged(chunks)
  }

  /// The chunks of a small result as one, and without spare room: most results are small, and there may be very many of them.
  private static func merged(_ chunks: [[UInt8]]) -> [[UInt8]] {
    let byteCount = chunks.reduce(0) { $0 + $1.count }
    guard 1...(64 << 10) ~= byteCount else { return chunks }
    var whole: [UInt8] = []
    whole.reserveCapacity(byteCount)
    for chunk in chunks { whole.append(contentsOf: chunk) }
    return [whole]
  }

  private static func alreadyExists(_ record: TaskRecord) -> APIError {
    APIError(
      type: "version_conflict_engine_exception", reason: "task [\(record.id.task)] exists already", status: 409)
  }
}
