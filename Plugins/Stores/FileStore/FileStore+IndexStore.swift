import Meanwhile
import MeanwhileData
import Synchronization

extension FileStore: IndexStore {
  public func createIndex(_ definition: IndexDefinition) async throws {
    try await indexJournal.create(definition)
  }

  public func deleteIndex(_ name: String) async throws {
    try await indexJournal.delete(name)
  }

  public func indices() async throws -> [IndexSummary] {
    indexJournal.indices.withLock { Array($0.values) }.map(\.writer.summary).sorted { $0.definition.name < $1.definition.name }
  }

  public func index(_ name: String) async throws -> IndexSummary? {
    indexJournal.indices.withLock { $0[name] }?.writer.summary
  }

  public func updateDefinition(of name: String, _ change: @Sendable (inout IndexDefinition) throws -> Void) async throws {
    try await indexJournal.updateDefinition(of: name, change)
  }

  public func write(_ batch: [DocumentWrite], to name: String) async throws -> [DocumentWriteResult] {
    try await indexJournal.write(batch, to: name)
  }

  public func document(_ id: String, in name: String) async throws -> StoredDocument? {
    try await indexJournal.settleSuspects()
    return try indexJournal.open(name).writer.document(id)
  }

  public func refresh(_ name: String) async throws {
    try await indexJournal.refresh(name)
  }

  public func snapshot(of name: String) async throws -> IndexSnapshot {
    try await indexJournal.snapshot(of: name)
  }
}
