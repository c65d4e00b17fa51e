import Meanwhile
import MeanwhileData
import MeanwhileFileStore
import MeanwhileTestKit
import Testing

@Suite("Damage on the disk is named, moved aside, and the rest answers")
struct DamageTests {
  private let files = SimulatedFileSystem(seed: 3)

  private func open() async throws -> FileStore { try await CrashHarness().open(files, seed: 3) }

  /// The newest, or only, file of a directory with an ending.
  private func file(in directory: String, ending: String) throws -> String {
    directory + "/" + (try #require(try files.list(directory).last { $0.hasSuffix(ending) }))
  }

  @Test("in the middle of the task log")
  func taskLog() async throws {
    var store = try await open()
    for number in 1...3 as ClosedRange<TaskNumber> { try await store.insert(TaskExamples.record(number), result: nil) }
    await store.close()
    // The first block behind the segment's head.
    let log = try file(in: "/data/tasks/log", ending: ".log")
    files.flipBit(of: log, at: 150)

    store = try await open()
    let damage = try #require(store.damages.first)
    #expect(damage.reason.contains("[\(log)] is damaged at offset 48"))
    #expect(store.damages.count == 1)
    #expect(try await store.load(1) == nil)
    #expect(try await store.allRecords().map(\.id.number) == [2, 3])
    #expect(try files.list("/data/quarantine").count == 1)
    #expect(try await store.highestNumber() == 3)

    // It was moved aside with all that could be read of it saved: the next start finds nothing wrong.
    await store.close()
    store = try await open()
    #expect(store.damages == [])
    #expect(try await store.allRecords().map(\.id.number) == [2, 3])
  }

  @Test("which a disk that fails for the moment is not: the start fails then, rather than leave a task out")
  func failingRead() async throws {
    let store = try await open()
    for number in 1...3 as ClosedRange<TaskNumber> {
      var record = TaskExamples.record(number)
      record.state = .running
      try await store.insert(record, result: nil)
    }
    files.fail(next: .read)
    await #expect(throws: APIError.self) { try await store.unfinished() }
    #expect(try await store.unfinished().map(\.id.number) == [1, 2, 3])
    #expect(store.damages == [])
  }

  @Test("at any byte of the task log: never a crash, never a wrong answer, never silence")
  func anyByteOfTheTaskLog() async throws {
    for offset in stride(from: 0, to: 1_500, by: 7) {
      let files = SimulatedFileSystem(seed: 5)
      var store = try await CrashHarness().open(files, seed: 5)
      for number in 1...4 as ClosedRange<TaskNumber> {
        try await store.insert(TaskExamples.record(number), result: TaskExamples.result([UInt8](repeating: 9, count: 50)))
      }
      await store.close()
      files.flipBit(of: "/data/tasks/log/00000000000000000001.log", at: offset)
      do {
        store = try await CrashHarness().open(files, seed: 5)
      } catch let error as APIError {
        // The version in the segment's head.
        #expect(error.reason.contains("newer version"), "offset \(offset)")
        continue
      }
      let records = try await store.allRecords()
      for record in records { #expect(record == TaskExamples.record(record.id.number)) }
      if records.count < 4 { #expect(!store.damages.isEmpty, "offset \(offset)") }
    }
  }

  @Test("in a large result")
  func resultFile() async throws {
    let store = try await open()
    let bytes = [UInt8](repeating: 5, count: 600_000)
    try await store.insert(TaskExamples.record(1), result: TaskExamples.result(bytes))
    try await store.insert(TaskExamples.record(2), result: TaskExamples.result([1]))
    let path = try file(in: "/data/tasks/results", ending: ".result")
    files.flipBit(of: path, at: 300_000)
    let stream = try #require(try await store.result(of: 1))
    let error = await #expect(throws: APIError.self) { _ = try await stream.collect(bytesMax: .max) }
    #expect(error?.reason.contains("[\(path)]") == true)
    #expect(error?.reason.contains("offset") == true)
    #expect(try await store.result(of: 2)?.collect(bytesMax: .max) == [1])
  }

  @Test("in a segment, found by a reader")
  func segment() async throws {
    var store = try await open()
    try await store.createIndex(IndexDefinition(name: "a", uuid: "u", created: Timestamp(milliseconds: 1), mapping: Mapping()))
    try await write("first", store)
    try await store.flush()
    let path = try file(in: "/data/indices/segments", ending: ".segment")
    try await write("second", store)
    await store.close()
    for offset in 64..<320 { files.flipBit(of: path, at: offset) }

    store = try await open()
    _ = try? IndexWorkload.documents(of: try await store.snapshot(of: "a"))
    let found = try IndexWorkload.documents(of: try await store.snapshot(of: "a"))
    #expect(found.keys.sorted() == ["second"])
    #expect(store.damages.contains { $0.reason.contains(path) })
    #expect(try files.list("/data/quarantine").count == 1)
  }

  @Test("in the manifest: the store says so, and does not open")
  func manifest() async throws {
    let store = try await open()
    try await store.createIndex(IndexDefinition(name: "a", uuid: "u", created: Timestamp(milliseconds: 1), mapping: Mapping()))
    try await store.flush()
    await store.close()
    files.flipBit(of: "/data/indices/manifest", at: 40)
    let error = await #expect(throws: APIError.self) { _ = try await self.open() }
    #expect(error?.reason.contains("[/data/indices/manifest] is damaged") == true)
  }

  private func write(_ id: String, _ store: FileStore) async throws {
    _ = try await store.write([DocumentWrite(operation: .index, id: id, source: Array("{\"n\":1}".utf8))], to: "a")
  }
}
