import Meanwhile

/// What an index is, apart from its documents.
public struct IndexDefinition: Sendable, Hashable {
  public var name: String
  /// 22 characters of URL-safe Base64.
  public var uuid: String
  public var created: Timestamp
  public var mapping: Mapping
  /// The settings under `index`, as given: `number_of_shards`, `mode`, …
  public var settings: JSONObject
  /// Aliases by name, with their definitions.
  public var aliases: JSONObject

  public init(
    name: String, uuid: String, created: Timestamp, mapping: Mapping, settings: JSONObject = JSONObject(),
    aliases: JSONObject = JSONObject()
  ) {
    self.name = name
    self.uuid = uuid
    self.created = created
    self.mapping = mapping
    self.settings = settings
    self.aliases = aliases
  }

  /// Whether patterns pass the index over: it says so, or its name begins with a dot.
  public var isHidden: Bool {
    let hidden = settings["hidden"]
    return hidden == true || hidden == "true" || name.hasPrefix(".")
  }
}

/// An index with its sizes, for listings.
public struct IndexSummary: Sendable, Hashable {
  public var definition: IndexDefinition
  public var documentCount: Int
  public var deletedCount: Int
  public var byteCount: Int

  public init(definition: IndexDefinition, documentCount: Int, deletedCount: Int, byteCount: Int) {
    self.definition = definition
    self.documentCount = documentCount
    self.deletedCount = deletedCount
    self.byteCount = byteCount
  }
}
