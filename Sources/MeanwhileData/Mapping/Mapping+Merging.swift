import Meanwhile

extension Mapping {
  /// This mapping with the fields and parameters of another added.
  ///
  /// - Throws: `illegal_argument_exception` (400) where that would change what a field is.
  public func merged(with other: Mapping) throws(APIError) -> Mapping {
    var merged = self
    merged.properties = try Self.merged(properties, with: other.properties, under: "")
    if other.dynamic != .true { merged.dynamic = other.dynamic }
    for member in other.parameters.members {
      guard member.name == "runtime", var runtime = parameters["runtime"]?.object else {
        merged.parameters[member.name] = member.value
        continue
      }
      for field in member.value.object?.members ?? [] { runtime[field.name] = field.value }
      merged.parameters["runtime"] = .object(runtime)
    }
    return merged
  }

  fileprivate static func merged(
    _ fields: [String: FieldMapping], with others: [String: FieldMapping], under prefix: String
  ) throws(APIError) -> [String: FieldMapping] {
    var merged = fields
    for (name, other) in others.sorted(by: { $0.key < $1.key }) {
      if let known = fields[name] {
        merged[name] = try known.merged(with: other, at: prefix + name)
      } else {
        merged[name] = other
      }
    }
    return merged
  }

  /// - Throws: `illegal_argument_exception` (400) where the mapping has more fields or is deeper than an index's settings allow.
  public func checkLimits(settings: JSONObject, adding added: Int = 1) throws(APIError) {
    let fieldsMax = Self.limit("total_fields", settings) ?? Self.fieldsMaxDefault
    guard fieldCount <= fieldsMax else {
      throw .illegalArgument("Limit of total fields [\(fieldsMax)] has been exceeded while adding new fields [\(added)]")
    }
    let depthMax = Self.limit("depth", settings) ?? Self.depthMaxDefault
    func visit(_ fields: [String: FieldMapping], depth: Int, path: String) throws(APIError) {
      for (name, field) in fields where !field.properties.isEmpty {
        guard depth < depthMax else {
          throw .illegalArgument("Limit of mapping depth [\(depthMax)] has been exceeded due to object field [\(path + name)]")
        }
        try visit(field.properties, depth: depth + 1, path: path + name + ".")
      }
    }
    try visit(properties, depth: 1, path: "")
  }

  /// `index.mapping.total_fields.limit`.
  public static let fieldsMaxDefault = 1_000
  /// `index.mapping.depth.limit`.
  public static let depthMaxDefault = 20

  private static func limit(_ name: String, _ settings: JSONObject) -> Int? {
    let value =
      settings["mapping.\(name).limit"] ?? settings["mapping"]?["\(name).limit"] ?? settings["mapping"]?[name]?["limit"]
    if let text = value?.string { return Int(text) }
    return value?.int.flatMap { Int(exactly: $0) }
  }

  /// Fields, objects and multi-fields, as the limit counts them.
  public var fieldCount: Int {
    func count(_ fields: [String: FieldMapping]) -> Int {
      fields.values.reduce(0) { $0 + 1 + $1.multiFields.count + count($1.properties) }
    }
    return count(properties) + (parameters["runtime"]?.object?.count ?? 0)
  }
}

extension FieldMapping {
  /// Parameters that may change on a field that has documents.
  private static let changeable: Set<String> = [
    "ignore_above", "ignore_malformed", "coerce", "meta", "copy_to", "search_analyzer", "search_quote_analyzer", "boost", "dynamic",
    "eager_global_ordinals",
    "fielddata", "path", "null_value",
  ]

  func merged(with other: FieldMapping, at path: String) throws(APIError) -> FieldMapping {
    let isObject = type == .object || type == .nested
    let becomesObject = other.type == .object || other.type == .nested
    guard isObject == becomesObject else {
      throw .illegalArgument(
        isObject
          ? "can't merge a non object mapping [\(path)] with an object mapping"
          : "can't merge a non object mapping [\(path)] with an object mapping")
    }
    guard type == other.type else {
      throw .illegalArgument(
        isObject
          ? "can't merge a \(type == .nested ? "nested" : "non-nested") mapping [\(path)] with a \(type == .nested ? "non-nested" : "nested") mapping"
          : "mapper [\(path)] cannot be changed from type [\(type.rawValue)] to [\(other.type.rawValue)]")
    }
    var merged = self
    merged.properties = try Mapping.merged(properties, with: other.properties, under: path + ".")
    merged.multiFields = try Mapping.merged(multiFields, with: other.multiFields, under: path + ".")
    if isObject {
      for member in other.parameters.members { merged.parameters[member.name] = member.value }
      return merged
    }
    try checkParameters(of: other, at: path)
    merged.parameters = other.parameters
    // A constant that was set by a document stays.
    if type == .constantKeyword, let value = parameters["value"] { merged.parameters["value"] = value }
    return merged
  }

  private func checkParameters(of other: FieldMapping, at path: String) throws(APIError) {
    var conflicts: [String] = []
    for name in Set(parameters.names).union(other.parameters.names).sorted() where !Self.changeable.contains(name) {
      let (old, new) = (parameters[name], other.parameters[name])
      if type == .constantKeyword, name == "value", old == nil || new == nil { continue }
      if old == new || Self.isDefault(old, name) && Self.isDefault(new, name) { continue }
      func shown(_ value: JSONValue?) -> String { value?.preview ?? Self.defaults[name]?.preview ?? "null" }
      conflicts.append("Cannot update parameter [\(name)] from [\(shown(old))] to [\(shown(new))]")
    }
    guard conflicts.isEmpty else {
      throw .illegalArgument("Mapper for [\(path)] conflicts with existing mapper:\n\t" + conflicts.joined(separator: "\n\t"))
    }
  }

  private static let defaults: [String: JSONValue] = [
    "index": true, "doc_values": true, "store": false, "analyzer": "default", "norms": true, "similarity": "BM25",
  ]

  private static func isDefault(_ value: JSONValue?, _ name: String) -> Bool { value == nil || value == defaults[name] }
}
