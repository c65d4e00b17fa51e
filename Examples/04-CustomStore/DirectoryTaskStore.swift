import Foundation
import Meanwhile

/// A task store of one's own: two files a task in a directory, `<number>.json` for the record and `<number>.result` for the result.
///
/// It is written to be read. Each record is replaced by a rename, which readers see whole or not at all; it does not sync, so it survives the end of the
/// process but not that of the machine. `FileStore` does. Every call is an actor's, so calls come one after another.
actor DirectoryTaskStore: TaskStore {
  let directory: URL

  init(directory: URL) throws {
    self.directory = directory
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  func insert(_ record: TaskRecord, result: ChunkStream?) async throws {
    guard !exists(recordFile(record.id.number)) else {
      throw APIError(type: "version_conflict_engine_exception", reason: "task [\(record.id.number)] exists", status: 409)
    }
    try raiseHighestNumber(to: record.id.number)
    try await write(record, result)
  }

  func replace(_ record: TaskRecord, result: ChunkStream?) async throws {
    guard exists(recordFile(record.id.number)) else { throw APIError.resourceNotFound(record.id.encoded) }
    try await write(record, result)
  }

  func load(_ number: TaskNumber) async throws -> TaskRecord? {
    guard let data = try? Data(contentsOf: recordFile(number)) else { return nil }
    return try TaskRecord(json: try JSONValue.parse(data))
  }

  func result(of number: TaskNumber) async throws -> ChunkStream? {
    (try? Data(contentsOf: resultFile(number))).map { ChunkStream([Array($0)]) }
  }

  func remove(_ number: TaskNumber) async throws -> Bool {
    guard exists(recordFile(number)) else { return false }
    // The record first: a result without one is never found.
    try FileManager.default.removeItem(at: recordFile(number))
    try? FileManager.default.removeItem(at: resultFile(number))
    return true
  }

  func records(after number: TaskNumber, limit: Int) async throws -> [TaskRecord] {
    var found: [TaskRecord] = []
    for next in try numbers() where next > number && found.count < limit {
      if let record = try await load(next) { found.append(record) }
    }
    return found
  }

  func unfinished() async throws -> [TaskRecord] {
    try await allRecords().filter { !$0.state.isFinished }
  }

  func numbers(expiringBefore moment: Timestamp, limit: Int) async throws -> [TaskNumber] {
    Array(try await allRecords().filter { $0.expires < moment }.map(\.id.number).prefix(limit))
  }

  func highestNumber() async throws -> TaskNumber {
    (try? String(contentsOf: directory.appendingPathComponent("highest"), encoding: .utf8)).flatMap(TaskNumber.init) ?? 0
  }

  // MARK: - Files

  private func recordFile(_ number: TaskNumber) -> URL { directory.appendingPathComponent("\(number).json") }
  private func resultFile(_ number: TaskNumber) -> URL { directory.appendingPathComponent("\(number).result") }
  private func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }

  private func numbers() throws -> [TaskNumber] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path)
      .filter { $0.hasSuffix(".json") }.compactMap { TaskNumber($0.dropLast(5)) }.sorted()
  }

  private func write(_ record: TaskRecord, _ result: ChunkStream?) async throws {
    let bytes = Data(record.json.encoded())
    // The result before the record that promises it. Collected first: an actor may be entered again at an `await`.
    if let result { try Data(try await result.collect(bytesMax: .max)).write(to: resultFile(record.id.number), options: .atomic) }
    try bytes.write(to: recordFile(record.id.number), options: .atomic)
  }

  /// A number is never used twice, not even after its task was removed.
  private func raiseHighestNumber(to number: TaskNumber) throws {
    let file = directory.appendingPathComponent("highest")
    let highest = (try? String(contentsOf: file, encoding: .utf8)).flatMap(TaskNumber.init) ?? 0
    if number > highest { try Data("\(number)".utf8).write(to: file, options: .atomic) }
  }
}
