import Meanwhile

extension Mapping.Dynamic {
  /// From a mapping's `dynamic`, a boolean or a word; nil for anything else.
  init?(_ value: JSONValue) {
    switch value {
    case .bool(let flag): self = flag ? .true : .false
    case .string(let word):
      guard let known = Mapping.Dynamic(rawValue: word) else { return nil }
      self = known
    default: return nil
    }
  }
}

extension Mapping {
  /// Reads a mapping as the APIs take it: `{"properties":{…},"dynamic":…,…}`. Dotted names become objects.
  ///
  /// - Throws: `mapper_parsing_exception` (400) that names the field.
  public init(parsing object: JSONObject) throws(APIError) {
    self.init()
    for member in object.members {
      switch member.name {
      case "properties": properties = try Self.fields(member.value, under: "")
      case "dynamic":
        guard let dynamic = Dynamic(member.value) else { throw Self.malformed("Could not convert [dynamic] to boolean") }
        self.dynamic = dynamic
      default:
        guard Self.rootParameters.contains(member.name) else {
          throw Self.malformed("Root mapping definition has unsupported parameters:  [\(member.name) : \(member.value.preview)]")
        }
        if member.name == "runtime" { try Self.checkRuntime(member.value) }
        parameters[member.name] = member.value
      }
    }
    for leaf in leaves {
      // A writer reads the field's parameters, so making one shows what is wrong with them.
      do { _ = try FieldWriter(path: leaf.path, field: leaf.field) } catch {
        throw Self.malformed("Failed to parse mapping for field [\(leaf.path)]: \(error.reason)", causedBy: error)
      }
    }
  }

  private static let rootParameters: Set<String> = [
    "_meta", "_source", "_routing", "_data_stream_timestamp", "_size", "_doc_count", "date_detection", "numeric_detection",
    "dynamic_date_formats",
    "dynamic_templates", "runtime", "subobjects", "_field_names", "_all", "_tier",
  ]

  private static func malformed(_ reason: String, causedBy cause: APIError? = nil) -> APIError {
    let own = APIError(type: "mapper_parsing_exception", reason: reason, status: 400, causedBy: cause)
    return APIError(
      type: "mapper_parsing_exception", reason: "Failed to parse mapping: " + reason, status: 400, causedBy: own, rootCauses: [own])
  }

  private static func fields(_ value: JSONValue, under prefix: String) throws(APIError) -> [String: FieldMapping] {
    guard let object = value.object else {
      throw malformed("Expected map for property [properties] on field [\(prefix.isEmpty ? "_doc" : prefix)] but got a \(value.preview)")
    }
    var fields: [String: FieldMapping] = [:]
    for member in object.members {
      let path = prefix.isEmpty ? member.name : prefix + "." + member.name
      guard let definition = member.value.object else {
        throw malformed("Expected map for property [fields] on field [\(path)] but got \(member.value.preview)")
      }
      let parts = member.name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard !parts.contains(where: \.isEmpty) else {
        throw malformed("field name cannot be an empty string or contain empty parts: [\(path)]")
      }
      try insert(try field(definition, at: path), at: parts[...], into: &fields, path: path)
    }
    return fields
  }

  private static func insert(
    _ field: FieldMapping, at parts: ArraySlice<String>, into fields: inout [String: FieldMapping], path: String
  ) throws(APIError) {
    guard let first = parts.first else { return }
    guard parts.count > 1 else {
      if let known = fields[first] {
        fields[first] = try known.merged(with: field, at: path)
      } else {
        fields[first] = field
      }
      return
    }
    var parent = fields[first] ?? FieldMapping(type: .object)
    guard parent.type == .object || parent.type == .nested else {
      throw malformed("Tried to add subobject [\(path)] to object [\(first)] which does not support subobjects")
    }
    try insert(field, at: parts.dropFirst(), into: &parent.properties, path: path)
    fields[first] = parent
  }

  private static func field(_ definition: JSONObject, at path: String, isMultiField: Bool = false) throws(APIError) -> FieldMapping {
    let typeName = definition["type"]
    guard typeName != nil || definition["properties"] != nil || definition["dynamic"] != nil || definition["enabled"] != nil else {
      throw malformed("No type specified for field [\(path)]")
    }
    let name = typeName?.string ?? "object"
    guard let type = FieldType(rawValue: name) else {
      throw malformed("No handler for type [\(name)] declared on field [\(path.split(separator: ".").last.map(String.init) ?? path)]")
    }
    var field = FieldMapping(type: type)
    for member in definition.members {
      switch member.name {
      case "type": break
      case "properties":
        guard type == .object || type == .nested else {
          throw malformed("unknown parameter [properties] on mapper [\(path)] of type [\(name)]")
        }
        field.properties = try fields(member.value, under: path)
      case "fields":
        guard !isMultiField else { throw malformed("cannot define multi-fields inside of a multi-field: [\(path)]") }
        for multi in member.value.object?.members ?? [] {
          guard let definition = multi.value.object else { throw malformed("Expected map for property [fields] on field [\(path)]") }
          field.multiFields[multi.name] = try Self.field(definition, at: path + "." + multi.name, isMultiField: true)
        }
      case "dynamic":
        guard Dynamic(member.value) != nil else { throw malformed("Could not convert [dynamic] to boolean on field [\(path)]") }
        field.parameters["dynamic"] = member.value
      default: field.parameters[member.name] = member.value
      }
    }
    try check(field, at: path)
    return field
  }

  /// Parameters that a type cannot do without.
  private static func check(_ field: FieldMapping, at path: String) throws(APIError) {
    switch field.type {
    case .scaledFloat:
      guard let factor = field.parameters["scaling_factor"]?.double else {
        throw malformed("Field [\(path)] misses required parameter [scaling_factor]")
      }
      guard factor > 0, factor.isFinite else {
        throw malformed("[scaling_factor] must be a positive number, got [\(JSONText.javaSpelling(of: factor))]")
      }
    case .alias:
      guard field.parameters["path"]?.string != nil else { throw malformed("The [path] property must be specified for field [\(path)].") }
    default: break
    }
  }

  // MARK: Writing

  /// The mapping as the APIs give it; reading it back makes an equal one.
  public var json: JSONObject {
    var object = JSONObject()
    if dynamic != .true { object["dynamic"] = .string(dynamic.rawValue) }
    for member in parameters.members { object.append(member.name, member.value) }
    if !properties.isEmpty { object["properties"] = .object(Self.json(of: properties)) }
    return object
  }

  private static func json(of fields: [String: FieldMapping]) -> JSONObject {
    JSONObject(fields.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: .object($0.value.json)) })
  }
}

extension FieldMapping {
  /// The definition as the APIs give it. An object says its type only where it has no fields, as in Elasticsearch.
  public var json: JSONObject {
    var object = JSONObject()
    if type != .object || properties.isEmpty { object["type"] = .string(type.rawValue) }
    for member in parameters.members { object.append(member.name, member.value) }
    func json(of fields: [String: FieldMapping]) -> JSONValue {
      .object(JSONObject(fields.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: .object($0.value.json)) }))
    }
    if !multiFields.isEmpty { object["fields"] = json(of: multiFields) }
    if !properties.isEmpty { object["properties"] = json(of: properties) }
    return object
  }
}
