import Meanwhile
import MeanwhileTestKit
import Testing

@testable import MeanwhileMemoryStore

@Suite struct MemoryStoreIndexTests {
  private let kit = IndexStoreConformance { MemoryStore() }

  @Test(arguments: IndexStoreConformance.clauses)
  func `the contract of an index store holds`(clause: IndexStoreConformance.Clause) async throws {
    try await clause.check(kit)
  }
}
