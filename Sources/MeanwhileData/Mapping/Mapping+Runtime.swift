import Meanwhile

/// Runtime fields: those of the mapping's `runtime` section, by their dotted paths.
///
/// One without a script has the values that documents have at its path. They are put in a column when a document is written, like any field's, so queries read them as fast;
/// a value that does not fit the type is left out. One with a script is kept and shown, and no query may read it.
extension Mapping {
  /// The runtime fields that have columns.
  var runtimeFields: [(path: String, field: FieldMapping)] {
    (parameters["runtime"]?.object?.members ?? []).compactMap { member in
      guard member.value["script"] == nil, let type = member.value["type"]?.string.flatMap(FieldType.init(rawValue:)) else { return nil }
      var field = FieldMapping(type: type)
      field.parameters["format"] = member.value["format"]
      field.parameters["ignore_malformed"] = true
      return (member.name, field)
    }
  }

  /// The paths of the runtime fields that have the values of documents.
  public var runtimePaths: Set<String> { Set(runtimeFields.map(\.path)) }

  /// The names of the runtime fields that are computed by a script.
  public var scriptedFields: [String] {
    (parameters["runtime"]?.object?.members ?? []).filter { $0.value["script"] != nil }.map(\.name)
  }

  /// All fields that documents may have: the properties, and the runtime fields in their places among them. A property goes before a runtime field of its name.
  var allFields: [String: FieldMapping] {
    runtimeFields.reduce(into: properties) { fields, runtime in
      Self.insert(runtime.field, at: runtime.path.split(separator: ".").map(String.init)[...], into: &fields)
    }
  }

  private static func insert(_ field: FieldMapping, at parts: ArraySlice<String>, into fields: inout [String: FieldMapping]) {
    guard let name = parts.first else { return }
    guard parts.count > 1 else {
      if fields[name] == nil { fields[name] = field }
      return
    }
    var parent = fields[name] ?? FieldMapping(type: .object)
    guard parent.type == .object else { return }
    insert(field, at: parts.dropFirst(), into: &parent.properties)
    fields[name] = parent
  }

  /// What Elasticsearch allows; others need an index of their own.
  private static let runtimeTypes: Set<FieldType> = [.boolean, .keyword, .long, .double, .date, .ip, .geoPoint]

  /// - Throws: `mapper_parsing_exception` (400) for a `runtime` section that is none.
  static func checkRuntime(_ section: JSONValue) throws(APIError) {
    func malformed(_ reason: String) -> APIError { APIError(type: "mapper_parsing_exception", reason: reason, status: 400) }
    guard let fields = section.object else { throw malformed("Expected map for [runtime] but got \(section.preview)") }
    for field in fields.members {
      guard let name = field.value["type"]?.string else { throw malformed("No type specified for runtime field [\(field.name)]") }
      guard field.value["script"] != nil || FieldType(rawValue: name).map(runtimeTypes.contains) == true else {
        throw malformed("No handler for type [\(name)] declared on runtime field [\(field.name)]")
      }
    }
  }

  /// Adds runtime fields for what a document has under a path that the mapping lacks.
  ///
  /// - Parameter type: the type that a value suggests.
  /// - Returns: whether there was any.
  static func addRuntime(
    _ value: JSONValue, at path: String, to runtime: inout JSONObject, type: (JSONValue) -> FieldMapping?
  ) -> Bool {
    switch value {
    case .null: return false
    case .array(let values):
      return values.reduce(false) { addRuntime($1, at: path, to: &runtime, type: type) || $0 }
    case .object(let object):
      return object.members.reduce(false) { addRuntime($1.value, at: path + "." + $1.name, to: &runtime, type: type) || $0 }
    default:
      guard runtime[path] == nil, let field = type(value) else { return false }
      var definition: JSONObject = ["type": .string(field.type.rawValue)]
      definition["format"] = field.parameters["format"]
      runtime[path] = .object(definition)
      return true
    }
  }
}
