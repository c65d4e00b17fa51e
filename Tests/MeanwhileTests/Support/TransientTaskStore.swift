import Meanwhile

/// The smallest task store there can be: a dictionary. Fails on demand.
actor TransientTaskStore: TaskStore {
  private var entries: [TaskNumber: (record: TaskRecord, result: [[UInt8]]?)] = [:]
  private var highest: TaskNumber = 0
  private(set) var calls: [String] = []
  private var failuresLeft = 0

  /// Lets the next writes fail.
  func failNextWrites(_ count: Int) { failuresLeft = count }

  func insert(_ record: TaskRecord, result: ChunkStream?) async throws {
    let chunks = try await chunks(of: result)
    try write("insert")
    guard entries[record.id.number] == nil else { throw APIError.illegalArgument("record [\(record.id.number)] exists") }
    entries[record.id.number] = (record, chunks)
    highest = max(highest, record.id.number)
  }

  func replace(_ record: TaskRecord, result: ChunkStream?) async throws {
    let chunks = try await chunks(of: result)
    try write("replace")
    guard let entry = entries[record.id.number] else { throw APIError.resourceNotFound(record.id.encoded) }
    entries[record.id.number] = (record, chunks ?? entry.result)
  }

  func load(_ number: TaskNumber) -> TaskRecord? { entries[number]?.record }

  func result(of number: TaskNumber) -> ChunkStream? { entries[number]?.result.map { ChunkStream($0) } }

  func remove(_ number: TaskNumber) throws -> Bool {
    try write("remove")
    return entries.removeValue(forKey: number) != nil
  }

  func records() -> [TaskRecord] { entries.values.map(\.record).sorted { $0.id.number < $1.id.number } }

  func records(after number: TaskNumber, limit: Int) -> [TaskRecord] {
    Array(records().filter { $0.id.number > number }.prefix(limit))
  }

  func unfinished() -> [TaskRecord] { records().filter { !$0.state.isFinished } }

  func numbers(expiringBefore moment: Timestamp, limit: Int) -> [TaskNumber] {
    Array(records().filter { $0.expires < moment }.map(\.id.number).prefix(limit))
  }

  func highestNumber() -> TaskNumber { highest }

  private func write(_ call: String) throws {
    calls.append(call)
    guard failuresLeft > 0 else { return }
    failuresLeft -= 1
    throw APIError(type: "io_exception", reason: "no space left on device", status: 507)
  }

  private func chunks(of stream: ChunkStream?) async throws -> [[UInt8]]? {
    guard let stream else { return nil }
    var chunks: [[UInt8]] = []
    for try await chunk in stream { chunks.append(chunk) }
    return chunks
  }
}
