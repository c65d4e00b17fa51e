import Meanwhile
import MeanwhileData
import MeanwhileFileStore
import Testing

@Suite("Many who write at the same time share syncs")
struct GroupCommitTests {
  @Test("of tasks: all are there after a restart, with fewer syncs than tasks")
  func tasks() async throws {
    let directory = try TemporaryDirectory()
    let files = SyncCountingFileSystem(SystemFileSystem())
    let path = directory.fresh()
    var store = try await FileStore(opening: path, fileSystem: files)
    let before = files.syncCount
    let clients = 32
    let each = 20
    try await withThrowingTaskGroup(of: Void.self) { group in
      for client in 0..<clients {
        group.addTask { [store] in
          for index in 0..<each {
            let number = TaskNumber(client * each + index + 1)
            try await store.insert(TaskExamples.record(number), result: TaskExamples.result([UInt8(client)]))
            guard try await store.result(of: number)?.collect(bytesMax: 9) == [UInt8(client)] else {
              throw APIError.internalFailure("task \(number) cannot be read after its acknowledgement")
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(files.syncCount - before < clients * each / 2)
    await store.close()
    store = try await FileStore(opening: path, fileSystem: files)
    #expect(try await store.allRecords().count == clients * each)
  }

  @Test("of documents: all are there after a restart")
  func documents() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.fresh()
    // So small that flushes go on all the time, beside the writes.
    let options = FileStoreOptions(segmentBytesMax: 16 << 10, flushBytes: 32 << 10)
    var store = try await FileStore(opening: path, options: options)
    try await store.createIndex(IndexDefinition(name: "a", uuid: "u", created: Timestamp(milliseconds: 1), mapping: Mapping()))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for client in 0..<8 {
        group.addTask { [store] in
          for index in 0..<40 {
            let writes = (0..<5).map { row in
              DocumentWrite(operation: .index, id: "\(client)-\(index)-\(row)", source: Array("{\"client\":\(client),\"row\":\(row)}".utf8))
            }
            _ = try await store.write(writes, to: "a")
            if index % 10 == 0 { try await store.refresh("a") }
          }
        }
      }
      try await group.waitForAll()
    }
    for _ in 0..<2 {
      try await store.refresh("a")
      #expect(try IndexWorkload.documents(of: try await store.snapshot(of: "a")).count == 8 * 40 * 5)
      await store.close()
      store = try await FileStore(opening: path, options: options)
      #expect(store.damages == [])
    }
  }
}
