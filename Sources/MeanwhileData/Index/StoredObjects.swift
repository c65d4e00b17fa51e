import Meanwhile

/// Named JSON objects of one kind that an index store keeps besides its indices: enrich policies, index templates.
///
/// They stand in the definition of one hidden index, under `_meta` of its mapping, so they are as durable as definitions are, change in one step, and ask nothing
/// more of a store.
public struct StoredObjects: Sendable {
  private let store: any IndexStore
  private let kind: String

  /// The hidden index whose definition has them; made when the first object is stored.
  public static let indexName = ".meanwhile"

  /// - Parameter kind: names the collection.
  public init(_ kind: String, in store: any IndexStore) {
    self.kind = kind
    self.store = store.system
  }

  /// All objects of this kind, by name.
  public func all() async throws -> JSONObject {
    guard let index = try await store.index(Self.indexName) else { return JSONObject() }
    return Self.objects(kind, of: index.definition)
  }

  /// Changes the objects in one step, durably.
  ///
  /// - Parameter change: makes the new objects of the current ones, or throws to refuse; may be called again.
  public func update(_ change: @Sendable (inout JSONObject) throws -> Void) async throws {
    if try await store.index(Self.indexName) == nil { try await createIndex() }
    let kind = kind
    try await store.updateDefinition(of: Self.indexName) { definition in
      var objects = Self.objects(kind, of: definition)
      try change(&objects)
      var meta = definition.mapping.parameters["_meta"]?.object ?? JSONObject()
      meta[kind] = .object(objects)
      definition.mapping.parameters["_meta"] = .object(meta)
    }
  }

  private static func objects(_ kind: String, of definition: IndexDefinition) -> JSONObject {
    definition.mapping.parameters["_meta"]?[kind]?.object ?? JSONObject()
  }

  private func createIndex() async throws {
    let definition = IndexDefinition(
      name: Self.indexName, uuid: "meanwhile-stored-objects", created: Timestamp(milliseconds: 0), mapping: Mapping(dynamic: .strict),
      settings: ["hidden": true, "number_of_replicas": "0"])
    do {
      try await store.createIndex(definition)
    } catch let error as APIError where error.type == "resource_already_exists_exception" {
      // Somebody else stored the first object just now.
    }
  }
}
