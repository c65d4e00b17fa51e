import Meanwhile

extension Mapping {
  /// This mapping with the fields that a document has beyond it, as their values suggest; nil where it has none.
  ///
  /// Text gets a keyword beside it, texts that read as dates become dates, whole numbers long, other numbers float (Elasticsearch's dynamic mapping).
  func extended(for document: JSONObject) throws(APIError) -> Mapping? {
    var extended = self
    var detection = Detection(self)
    guard try Self.extend(&extended.properties, for: document, dynamic: dynamic, path: "", &detection) else { return nil }
    if !detection.runtime.isEmpty { extended.parameters["runtime"] = .object(detection.runtime) }
    return extended
  }

  /// What the mapping says about guessing types, and the runtime fields so far.
  private struct Detection {
    var findsDates: Bool
    var findsNumbers: Bool
    var dateFormats: [String]
    var templates: [DynamicTemplate]
    var runtime: JSONObject

    init(_ mapping: Mapping) {
      findsDates = mapping.parameters["date_detection"]?.flag ?? true
      findsNumbers = mapping.parameters["numeric_detection"]?.flag ?? false
      dateFormats =
        mapping.parameters["dynamic_date_formats"]?.array?.compactMap(\.string)
        ?? ["strict_date_optional_time", "yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis"]
      templates = (mapping.parameters["dynamic_templates"]?.array ?? []).compactMap { DynamicTemplate($0) }
      runtime = mapping.parameters["runtime"]?.object ?? JSONObject()
    }
  }

  private static let metadataNames: Set<String> = [
    "_id", "_index", "_source", "_routing", "_seq_no", "_primary_term", "_version", "_ignored", "_field_names", "_doc_count", "_tier",
  ]

  private static func extend(
    _ fields: inout [String: FieldMapping], for object: JSONObject, dynamic: Dynamic, path: String, _ detection: inout Detection
  ) throws(APIError) -> Bool {
    var hasGrown = false
    for member in object.members {
      guard !path.isEmpty || !metadataNames.contains(member.name) else {
        throw APIError(
          type: "document_parsing_exception",
          reason: "Field [\(member.name)] is a metadata field and cannot be added inside a document. Use the index API request parameters.",
          status: 400)
      }
      let parts = member.name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard !parts.contains(where: { $0.allSatisfy(\.isWhitespace) }) else {
        throw APIError(
          type: "document_parsing_exception",
          reason: "field name cannot contain only whitespace or be empty: ['\(path)\(member.name)']", status: 400)
      }
      if try extend(&fields, at: parts[...], with: member.value, dynamic: dynamic, path: path, &detection) { hasGrown = true }
    }
    return hasGrown
  }

  private static func extend(
    _ fields: inout [String: FieldMapping], at parts: ArraySlice<String>, with value: JSONValue, dynamic: Dynamic, path: String,
    _ detection: inout Detection
  ) throws(APIError) -> Bool {
    guard let name = parts.first else { return false }
    if dynamic == .runtime, fields[name] == nil {
      return addRuntime(value, at: path + parts.joined(separator: "."), &detection)
    }
    if parts.count > 1 {
      guard !value.isNull || fields[name] != nil else { return false }
      var parent = fields[name] ?? FieldMapping(type: .object)
      guard parent.type == .object, fields[name] != nil || dynamic == .true else { return false }
      let own = parent.parameters["dynamic"].flatMap { Dynamic($0) } ?? dynamic
      let grown = try extend(&parent.properties, at: parts.dropFirst(), with: value, dynamic: own, path: path + name + ".", &detection)
      guard grown else { return false }
      fields[name] = parent
      return true
    }
    guard var known = fields[name] else {
      guard dynamic == .true, let made = try field(for: value, named: name, path: path + name, &detection) else { return false }
      fields[name] = made
      return true
    }
    guard known.type == .object, known.parameters["enabled"]?.flag ?? true else { return false }
    let own = known.parameters["dynamic"].flatMap { Dynamic($0) } ?? dynamic
    var hasGrown = false
    for object in objects(in: value) where try extend(&known.properties, for: object, dynamic: own, path: path + name + ".", &detection) {
      hasGrown = true
    }
    if hasGrown { fields[name] = known }
    return hasGrown
  }

  /// Texts become keywords and numbers with a fraction doubles: what a runtime field may be.
  private static func addRuntime(_ value: JSONValue, at path: String, _ detection: inout Detection) -> Bool {
    let known = detection
    return addRuntime(value, at: path, to: &detection.runtime) { value in
      var field = guess(for: value, known).field
      if field.type == .text { field.type = .keyword }
      if field.type == .float { field.type = .double }
      return field
    }
  }

  private static func objects(in value: JSONValue) -> [JSONObject] {
    switch value {
    case .object(let object): [object]
    case .array(let values): values.flatMap { objects(in: $0) }
    default: []
    }
  }

  /// The first value that is one, of arrays in arrays too.
  private static func firstValue(in value: JSONValue) -> JSONValue? {
    switch value {
    case .null: return nil
    case .array(let values):
      for value in values {
        if let found = firstValue(in: value) { return found }
      }
      return nil
    default: return value
    }
  }

  private static func field(for value: JSONValue, named name: String, path: String, _ detection: inout Detection) throws(APIError)
    -> FieldMapping?
  {
    guard let first = firstValue(in: value) else { return nil }
    let (kind, guess) = guess(for: first, detection)
    if let template = detection.templates.first(where: { $0.matches(kind: kind, name: name, path: path) }) {
      var made = try template.field(named: name, dynamicType: guess.type)
      if made.type == .object, case .object = first {
        for object in objects(in: value) { _ = try extend(&made.properties, for: object, dynamic: .true, path: path + ".", &detection) }
      }
      return made
    }
    guard case .object = first else { return guess }
    var made = guess
    for object in objects(in: value) { _ = try extend(&made.properties, for: object, dynamic: .true, path: path + ".", &detection) }
    return made
  }

  /// The kind that dynamic templates match on, and the field where none does.
  private static func guess(for value: JSONValue, _ detection: Detection) -> (kind: String, field: FieldMapping) {
    switch value {
    case .bool: return ("boolean", FieldMapping(type: .boolean))
    case .integer, .unsigned: return ("long", FieldMapping(type: .long))
    case .double: return ("double", FieldMapping(type: .float))
    case .object: return ("object", FieldMapping(type: .object))
    case .string(let text):
      let isNumber = Double(text) != nil
      if detection.findsNumbers, isNumber {
        return Int64(text) != nil ? ("long", FieldMapping(type: .long)) : ("double", FieldMapping(type: .float))
      }
      if detection.findsDates, !isNumber, let format = dateFormat(of: text, detection) {
        let isStandard = format == "strict_date_optional_time"
        return ("date", FieldMapping(type: .date, parameters: isStandard ? JSONObject() : ["format": .string(format)]))
      }
      return ("string", .textWithKeyword)
    case .null, .array: return ("string", .textWithKeyword)
    }
  }

  private static func dateFormat(of text: String, _ detection: Detection) -> String? {
    guard text.utf8.first.map({ $0 &- 0x30 < 10 || $0 == UInt8(ascii: "-") || detection.dateFormats.count > 2 }) ?? false else {
      return nil
    }
    return detection.dateFormats.first { name in
      guard let format = try? DateFormat(name) else { return false }
      return format.parse(text) != nil
    }
  }
}

extension FieldMapping {
  /// What a string becomes by default.
  static let textWithKeyword = FieldMapping(
    type: .text, multiFields: ["keyword": FieldMapping(type: .keyword, parameters: ["ignore_above": 256])])
}
