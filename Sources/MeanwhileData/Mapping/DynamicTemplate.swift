import Meanwhile

/// One of a mapping's `dynamic_templates`: which new fields it is for, and the definition that they get.
struct DynamicTemplate {
  private let conditions: JSONObject
  private let mapping: JSONObject

  /// - Parameter entry: `{"name":{"match_mapping_type":…,"match":…,"mapping":{…}}}`; nil where it is no template.
  init?(_ entry: JSONValue) {
    guard let conditions = entry.object?.members.first?.value.object,
      let mapping = conditions["mapping"]?.object ?? conditions["runtime"]?.object
    else {
      return nil
    }
    self.conditions = conditions
    self.mapping = mapping
  }

  /// - Parameters:
  ///   - kind: `string`, `long`, `double`, `boolean`, `date` or `object`.
  ///   - path: dotted, whole.
  func matches(kind: String, name: String, path: String) -> Bool {
    func patterns(_ condition: String) -> [String]? {
      guard let value = conditions[condition] else { return nil }
      return value.array?.compactMap(\.string) ?? [value.string].compactMap { $0 }
    }
    if let kinds = patterns("match_mapping_type"), !kinds.contains(kind), !kinds.contains("*") { return false }
    if let kinds = patterns("unmatch_mapping_type"), kinds.contains(kind) { return false }
    if let wanted = patterns("match"), !wanted.contains(where: { Wildcard.matches($0, name) }) { return false }
    if let unwanted = patterns("unmatch"), unwanted.contains(where: { Wildcard.matches($0, name) }) { return false }
    if let wanted = patterns("path_match"), !wanted.contains(where: { Wildcard.matches($0, path) }) { return false }
    if let unwanted = patterns("path_unmatch"), unwanted.contains(where: { Wildcard.matches($0, path) }) { return false }
    return true
  }

  /// The definition with `{name}` and `{dynamic_type}` filled in.
  func field(named name: String, dynamicType: FieldType) throws(APIError) -> FieldMapping {
    var definition = mapping
    for member in mapping.members {
      guard let text = member.value.string else { continue }
      definition[member.name] = .string(text.replacing("{name}", with: name).replacing("{dynamic_type}", with: dynamicType.rawValue))
    }
    if definition["type"] == nil, definition["properties"] == nil { definition["type"] = .string(dynamicType.rawValue) }
    guard let field = try Mapping(parsing: ["properties": .object([name: .object(definition)])]).properties[name] else {
      throw .illegalArgument("a dynamic template makes no field of [\(name)]")
    }
    return field
  }
}
