import Meanwhile
import MeanwhileMemoryStore
import MeanwhileTestKit
import Testing

@Suite("The memory store keeps the contract of stores")
struct MemoryStoreTaskTests {
  @Test("of tasks", arguments: TaskStoreConformance.clauses)
  func tasks(clause: TaskStoreConformance.Clause) async throws {
    try await clause.check(TaskStoreConformance { MemoryStore() })
  }
}
