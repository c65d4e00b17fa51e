import Meanwhile

/// An index store as somebody may use it: what they may not see is not there, and what they may not do is refused.
///
/// An index is seen by whoever holds the route's privilege on its name or on one of its aliases. Which names may be said outright is ``access``'s, and
/// ``IndexStore/resolver()`` heeds it: through an alias, one reaches its indices with a privilege on the alias.
struct GuardedIndexStore: IndexStore {
  /// The store, unguarded: for what the server keeps in it for itself.
  let system: any IndexStore
  private let granted: ResourceAccess

  init(_ store: any IndexStore, for access: ResourceAccess) {
    system = store
    granted = access
  }

  var access: IndexNameAccess { IndexNameAccess(granted) }

  func createIndex(_ definition: IndexDefinition) async throws {
    try granted.require(.createIndex, on: definition.name)
    try await system.createIndex(definition)
  }

  func deleteIndex(_ name: String) async throws {
    try granted.require(.deleteIndex, on: name)
    try await system.deleteIndex(name)
  }

  func indices() async throws -> [IndexSummary] {
    try await system.indices().filter { isGranted(granted.visibility, $0.definition) }
  }

  func index(_ name: String) async throws -> IndexSummary? {
    guard let index = try await system.index(name) else { return nil }
    guard isGranted(granted.visibility, index.definition) else { throw granted.denial(of: granted.visibility, on: name) }
    return index
  }

  /// Beside the index, it takes the privilege on each alias that is added: it is what others have privileges on.
  func updateDefinition(of name: String, _ change: @Sendable (inout IndexDefinition) throws -> Void) async throws {
    try await require(.manage, on: name)
    try await system.updateDefinition(of: name) { [granted] definition in
      let before = definition.aliases
      try change(&definition)
      for alias in definition.aliases.names where before[alias] == nil { try granted.require(.manage, on: alias) }
    }
  }

  func write(_ batch: [DocumentWrite], to name: String) async throws -> [DocumentWriteResult] {
    try await require(.write, on: name)
    return try await system.write(batch, to: name)
  }

  func document(_ id: String, in name: String) async throws -> StoredDocument? {
    // Who changes part of a document has to see none of the rest, but the change is made of what is there.
    try await require(granted.visibility == .write ? .write : .read, on: name)
    return try await system.document(id, in: name)
  }

  func refresh(_ name: String) async throws {
    try await require(granted.visibility, on: name)
    try await system.refresh(name)
  }

  func snapshot(of name: String) async throws -> IndexSnapshot {
    try await require(.read, on: name)
    return try await system.snapshot(of: name)
  }

  private func require(_ privilege: IndexPrivilege, on name: String) async throws {
    if granted.permissions.grants(privilege, on: name) { return }
    guard let definition = try await system.index(name)?.definition, isGranted(privilege, definition) else {
      throw granted.denial(of: privilege, on: name)
    }
  }

  private func isGranted(_ privilege: IndexPrivilege, _ definition: IndexDefinition) -> Bool {
    // The server's own notes, which have routes of their own.
    guard definition.name != StoredObjects.indexName else { return false }
    let permissions = granted.permissions
    return permissions.grants(privilege, on: definition.name) || definition.aliases.names.contains { permissions.grants(privilege, on: $0) }
  }
}

extension ServiceBuilder {
  /// Offers an index store to languages and endpoints, guarded.
  public mutating func provide(indexStore store: some IndexStore) {
    provide(store, as: (any IndexStore).self) { store, access in GuardedIndexStore(store, for: access) }
  }
}
