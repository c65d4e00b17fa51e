import Meanwhile

/// Where indices live: definitions, documents, and the columns made of them.
///
/// Contract. Calls may come at the same time from several tasks. A write that returns is durable as far as the store is, and is visible to
/// ``document(_:in:)`` at once, to snapshots taken after the next ``refresh(_:)`` (the store also refreshes by itself, within a second).
/// A snapshot never changes, whatever is written after it, and costs no copy of data. A failure of one document is that document's result,
/// never the batch's. Index names are concrete here: patterns and aliases are ``IndexResolver``'s.
///
/// Shipped implementations: `MemoryStore`, `FileStore`. The kit is `IndexStoreConformance` in MeanwhileTestKit.
public protocol IndexStore: Sendable {
  /// - Throws: `resource_already_exists_exception` (400), or `invalid_index_name_exception` (400).
  func createIndex(_ definition: IndexDefinition) async throws

  /// - Throws: `index_not_found_exception` (404).
  func deleteIndex(_ name: String) async throws

  /// All indices, sorted by name.
  func indices() async throws -> [IndexSummary]

  /// One index; nil where there is none.
  func index(_ name: String) async throws -> IndexSummary?

  /// Changes mapping, settings or aliases in one step.
  ///
  /// - Parameter change: given the current definition, makes the new one, or throws to refuse; may be called again if it raced with another change.
  func updateDefinition(of name: String, _ change: @Sendable (inout IndexDefinition) throws -> Void) async throws

  /// Writes documents in order, each on its own: one result a write, in their order. Extends the mapping as it allows.
  func write(_ batch: [DocumentWrite], to name: String) async throws -> [DocumentWriteResult]

  /// The newest version of a document, refreshed or not; nil where there is none.
  func document(_ id: String, in name: String) async throws -> StoredDocument?

  /// Makes all that was written visible to later snapshots.
  func refresh(_ name: String) async throws

  /// A consistent view of all that was refreshed.
  func snapshot(of name: String) async throws -> IndexSnapshot

  /// Which names its user may say. A store of one's own leaves the default: any.
  var access: IndexNameAccess { get }

  /// The store without a guard, for what the server itself keeps in it. A store of one's own leaves the default: itself.
  var system: any IndexStore { get }
}

extension IndexStore {
  public var access: IndexNameAccess { .unrestricted }
  public var system: any IndexStore { self }

  /// What turns names, aliases and patterns into those indices that there are now and that the store's user may see.
  public func resolver() async throws -> IndexResolver { IndexResolver(try await indices(), access: access) }
}
