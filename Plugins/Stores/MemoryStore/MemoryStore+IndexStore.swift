import Meanwhile
import MeanwhileData
import Synchronization

extension MemoryStore: IndexStore {
  public func createIndex(_ definition: IndexDefinition) async throws {
    try IndexName.check(definition.name)
    let writer = try IndexWriter(definition, time: time, random: random)
    try indexWriters.withLock { writers in
      if let known = writers[definition.name] { throw APIError.indexAlreadyExists(known.definition) }
      writers[definition.name] = writer
    }
  }

  public func deleteIndex(_ name: String) async throws {
    guard indexWriters.withLock({ $0.removeValue(forKey: name) }) != nil else { throw APIError.indexNotFound(name) }
  }

  public func indices() async throws -> [IndexSummary] {
    indexWriters.withLock { Array($0.values) }.map(\.summary).sorted { $0.definition.name < $1.definition.name }
  }

  public func index(_ name: String) async throws -> IndexSummary? {
    indexWriters.withLock { $0[name] }?.summary
  }

  public func updateDefinition(of name: String, _ change: @Sendable (inout IndexDefinition) throws -> Void) async throws {
    try writer(of: name).updateDefinition(change)
  }

  public func write(_ batch: [DocumentWrite], to name: String) async throws -> [DocumentWriteResult] {
    try writer(of: name).write(batch)
  }

  public func document(_ id: String, in name: String) async throws -> StoredDocument? {
    try writer(of: name).document(id)
  }

  public func refresh(_ name: String) async throws {
    let writer = try writer(of: name)
    writer.refresh()
    try writer.merge()
  }

  public func snapshot(of name: String) async throws -> IndexSnapshot {
    try writer(of: name).snapshot()
  }

  private func writer(of name: String) throws -> IndexWriter {
    guard let writer = indexWriters.withLock({ $0[name] }) else { throw APIError.indexNotFound(name) }
    return writer
  }
}
