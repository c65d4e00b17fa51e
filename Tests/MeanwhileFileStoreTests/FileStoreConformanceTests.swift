import Foundation
import Meanwhile
import MeanwhileFileStore
import MeanwhileTestKit
import Synchronization
import Testing

@Suite("The file store keeps the contract of stores")
struct FileStoreConformanceTests {
  @Test("of tasks, on a disk", arguments: TaskStoreConformance.clauses)
  func tasks(clause: TaskStoreConformance.Clause) async throws {
    let directory = try TemporaryDirectory()
    let kit = TaskStoreConformance {
      try await FileStore(opening: directory.fresh())
    } reopen: { store in
      guard let store = store as? FileStore else { return store }
      await store.close()
      return try await FileStore(opening: store.path)
    }
    try await clause.check(kit)
  }

  @Test("of indices, on a disk", arguments: IndexStoreConformance.clauses)
  func indices(clause: IndexStoreConformance.Clause) async throws {
    let directory = try TemporaryDirectory()
    let kit = IndexStoreConformance {
      try await FileStore(opening: directory.fresh())
    } reopen: { store in
      guard let store = store as? FileStore else { return store }
      await store.close()
      return try await FileStore(opening: store.path)
    }
    try await clause.check(kit)
  }
}

/// A place on the disk that goes with this object.
final class TemporaryDirectory: Sendable {
  let path: String
  private let count = Mutex(0)

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("meanwhile-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A path in it where nothing is.
  func fresh() -> String {
    path + "/"
      + String(
        count.withLock { count in
          count += 1
          return count
        })
  }
}
