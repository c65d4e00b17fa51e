import Meanwhile

/// How one field is indexed: a node of a ``Mapping``.
public struct FieldMapping: Sendable, Hashable {
  public var type: FieldType
  /// Members of the definition besides `type`, `properties` and `fields`, as given: `format`, `ignore_above`, `analyzer`, `path`, …
  public var parameters: JSONObject
  /// Children of an object or nested field, by name.
  public var properties: [String: FieldMapping]
  /// Multi-fields, by name.
  public var multiFields: [String: FieldMapping]

  public init(
    type: FieldType, parameters: JSONObject = JSONObject(), properties: [String: FieldMapping] = [:],
    multiFields: [String: FieldMapping] = [:]
  ) {
    self.type = type
    self.parameters = parameters
    self.properties = properties
    self.multiFields = multiFields
  }
}
