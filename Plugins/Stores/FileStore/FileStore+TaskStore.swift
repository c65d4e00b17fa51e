import Meanwhile
import Synchronization

extension FileStore: TaskStore {
  public func insert(_ record: TaskRecord, result: ChunkStream?) async throws {
    try await tasks.put(record, result: result, isNew: true)
  }

  public func replace(_ record: TaskRecord, result: ChunkStream?) async throws {
    try await tasks.put(record, result: result, isNew: false)
  }

  public func load(_ number: TaskNumber) async throws -> TaskRecord? {
    try tasks.load(number)
  }

  public func result(of number: TaskNumber) async throws -> ChunkStream? {
    try await tasks.result(of: number)
  }

  @discardableResult
  public func remove(_ number: TaskNumber) async throws -> Bool {
    try await tasks.remove(number)
  }

  public func records(after number: TaskNumber, limit: Int) async throws -> [TaskRecord] {
    try await tasks.work.run { [tasks] in
      try tasks.records(tasks.state.index.withLock { $0.numbers(after: number, limit: limit) })
    }
  }

  public func unfinished() async throws -> [TaskRecord] {
    try await tasks.work.run { [tasks] in
      try tasks.records(tasks.state.index.withLock { $0.unfinished.sorted() })
    }
  }

  public func numbers(expiringBefore moment: Timestamp, limit: Int) async throws -> [TaskNumber] {
    tasks.state.index.withLock { $0.numbers(expiringBefore: moment, limit: limit) }
  }

  public func usage() async throws -> TaskStoreUsage? {
    tasks.state.index.withLock { TaskStoreUsage(records: $0.slots.count, bytes: $0.storedBytes) }
  }

  public func highestNumber() async throws -> TaskNumber {
    tasks.state.index.withLock { $0.highestNumber }
  }
}
