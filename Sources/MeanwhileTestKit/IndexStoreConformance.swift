import Meanwhile
import MeanwhileData

/// The contract of ``IndexStore``, as a test suite for anybody's store. It needs no test framework: it throws what is wrong.
///
/// ```swift
/// try await IndexStoreConformance { try await MyStore(at: someNewPlace()) }.run()
/// ```
public struct IndexStoreConformance: Sendable {
  public typealias Clause = ConformanceClause<IndexStoreConformance>

  /// Makes an empty store.
  let makeStore: @Sendable () async throws -> any IndexStore
  /// Closes a durable store and opens it again, as a restart does; nil for a store that forgets.
  let reopen: (@Sendable (any IndexStore) async throws -> any IndexStore)?

  public init(
    makeStore: @escaping @Sendable () async throws -> any IndexStore,
    reopen: (@Sendable (any IndexStore) async throws -> any IndexStore)? = nil
  ) {
    self.makeStore = makeStore
    self.reopen = reopen
  }

  /// Checks every clause.
  ///
  /// - Throws: ``ConformanceFailure`` for the first that does not hold.
  public func run() async throws {
    for clause in Self.clauses { try await clause.check(self) }
  }

  /// The whole contract.
  public static let clauses: [Clause] = definitions + documents + snapshots + interleavings
}

// MARK: - Definitions

extension IndexStoreConformance {
  static let definitions: [Clause] = [
    Clause("an index is there once it was created, and gone once it was deleted") { kit, check in
      let store = try await kit.makeStore()
      for name in ["b", "a"] { try await store.createIndex(IndexSample.definition(name)) }
      try check.equal(try await store.indices().map(\.definition), ["a", "b"].map { IndexSample.definition($0) }, "the indices, by name")
      try check.equal(try await store.index("a")?.definition, IndexSample.definition("a"), "the index")
      try await store.deleteIndex("a")
      try check.that(try await store.index("a") == nil, "a deleted index is still there")
      try await store.createIndex(IndexSample.definition("a"))
      try check.equal(try await store.index("a")?.documentCount, 0, "the documents of an index made anew")
    },
    Clause("a name is given once") { kit, check in
      let store = try await kit.makeStore()
      try await store.createIndex(IndexSample.definition("a"))
      try await check.failing("resource_already_exists_exception", 400) { try await store.createIndex(IndexSample.definition("a")) }
    },
    Clause("a name that breaks the rules is refused") { kit, check in
      let store = try await kit.makeStore()
      for name in ["A", "_a", "a b", "..", "a*"] {
        try await check.failing("invalid_index_name_exception", 400) { try await store.createIndex(IndexSample.definition(name)) }
      }
    },
    Clause("an index that is not there is a 404 for every call that needs one") { kit, check in
      let store = try await kit.makeStore()
      let type = "index_not_found_exception"
      try await check.failing(type, 404) { try await store.deleteIndex("a") }
      try await check.failing(type, 404) { try await store.updateDefinition(of: "a") { _ in } }
      try await check.failing(type, 404) { _ = try await store.write([IndexSample.write("1", "{}")], to: "a") }
      try await check.failing(type, 404) { _ = try await store.document("1", in: "a") }
      try await check.failing(type, 404) { try await store.refresh("a") }
      try await check.failing(type, 404) { _ = try await store.snapshot(of: "a") }
    },
    Clause("a definition changes whole, or not at all where the change throws") { kit, check in
      let store = try await kit.makeStore()
      try await store.createIndex(IndexSample.definition("a"))
      try await store.updateDefinition(of: "a") { definition in
        definition.mapping.properties["new"] = FieldMapping(type: .keyword)
        definition.settings["mode"] = "lookup"
        definition.aliases["other"] = [:]
      }
      var expected = IndexSample.definition("a")
      expected.mapping.properties["new"] = FieldMapping(type: .keyword)
      expected.settings["mode"] = "lookup"
      expected.aliases["other"] = [:]
      try check.equal(try await store.index("a")?.definition, expected, "the changed definition")
      try await check.failing("illegal_argument_exception", 400) {
        try await store.updateDefinition(of: "a") { definition in
          definition.settings["mode"] = "standard"
          throw APIError.illegalArgument("no")
        }
      }
      try check.equal(try await store.index("a")?.definition, expected, "the definition after a refused change")
    },
  ]
}
