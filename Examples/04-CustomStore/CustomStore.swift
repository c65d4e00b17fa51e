// 04: a task store of your own, and the proof that it keeps the contract.
//
//     swift run MeanwhileCustomStore
//
// `DirectoryTaskStore.swift` is the store. MeanwhileTestKit's conformance kit is the contract of `TaskStore` as a program: it throws what is wrong.

import Foundation
import Meanwhile
import MeanwhileTestKit

@main
struct CustomStore {
  static func main() async throws {
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("meanwhile-custom-store-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: scratch) }

    let kit = TaskStoreConformance(
      makeStore: { try DirectoryTaskStore(directory: scratch.appendingPathComponent(UUID().uuidString)) },
      reopen: { store in
        guard let store = store as? DirectoryTaskStore else { return store }
        return try DirectoryTaskStore(directory: store.directory)
      })
    try await kit.run()
    print("DirectoryTaskStore keeps the contract of TaskStore")
  }
}
