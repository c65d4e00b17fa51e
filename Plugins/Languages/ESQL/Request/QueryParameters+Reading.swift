import Meanwhile

// The `params` of a body: a list of values, or of objects with a name and a value each.

extension QueryParameters {
  /// Reads the list. All that is wrong with it is reported at once.
  ///
  /// - Throws: `x_content_parse_exception`, `Failed to parse params: …`.
  init(reading field: BodyField) throws(APIError) {
    guard let elements = field.value.array else {
      throw field.failed(
        .xContentParse(
          "Unexpected token [\(field.value.tokenName)] at \(Self.place(field.location)), expected START_ARRAY. "
            + "Please check documentation for the correct format of the 'params' field.", at: nil))
    }
    var reader = ParameterReader(place: Self.place(field.location))
    for element in elements { reader.read(element) }
    entries = reader.entries
    reader.checkMixture()
    guard reader.problems.isEmpty else {
      throw field.failed(
        APIError(
          type: "x_content_parse_exception", reason: "Failed to parse params: " + reader.problems.joined(separator: "; "), status: 400))
    }
  }

  private static func place(_ location: JSONLocation?) -> String {
    location.map { "[\($0.line):\($0.column)]" } ?? "[1:1]"
  }
}

/// Reads parameters one by one, noting what is wrong.
private struct ParameterReader {
  /// Where the list is.
  let place: String
  var entries: [QueryParameters.Entry] = []
  var problems: [String] = []
  private var unnamed: [String] = []
  private var named: [String] = []

  private static let attributes = "VALUE, IDENTIFIER, PATTERN"

  init(place: String) { self.place = place }

  mutating func read(_ element: JSONValue) {
    guard let object = element.object else {
      unnamed.append(element.text())
      guard let value = literal(element, name: "unnamed") else { return }
      entries.append(QueryParameters.Entry(name: nil, kind: .value, value: value))
      return
    }
    guard object.count == 1, let member = object.members.first else {
      let list = object.members.map { "{\($0.name):\($0.value.text())}" }.joined(separator: ", ")
      return note("Cannot parse more than one key:value pair as parameter, found [\(list)]")
    }
    named.append("{\(member.name):\(member.value.text())}")
    guard Self.isName(member.name) else {
      return note(
        "[\(member.name)] is not a valid parameter name, a valid parameter name starts with a letter or underscore, "
          + "and contains letters, digits and underscores only")
    }
    readNamed(member.name, member.value)
  }

  private mutating func readNamed(_ name: String, _ value: JSONValue) {
    guard let definition = value.object else {
      guard let literal = literal(value, name: name) else { return }
      entries.append(QueryParameters.Entry(name: name, kind: .value, value: literal))
      return
    }
    var kinds: [(kind: QueryParameters.Kind, attribute: String, value: JSONValue)] = []
    for member in definition.members {
      switch member.name.lowercased() {
      case "value": kinds.append((.value, "VALUE", member.value))
      case "identifier": kinds.append((.identifier, "IDENTIFIER", member.value))
      case "pattern": kinds.append((.pattern, "PATTERN", member.value))
      default: note("[\(member.name)] is not a valid param attribute, a valid attribute is any of \(Self.attributes)")
      }
    }
    guard let chosen = kinds.first else {
      if definition.isEmpty { note("[\(name)] has no valid param attribute, only one of \(Self.attributes) can be defined in a param") }
      return
    }
    guard kinds.count == 1 else {
      let list = kinds.map(\.attribute).joined(separator: ", ")
      return note("[\(name)] has multiple param attributes [\(list)], only one of \(Self.attributes) can be defined in a param")
    }
    add(name, chosen.kind, chosen.attribute, chosen.value)
  }

  private mutating func add(_ name: String, _ kind: QueryParameters.Kind, _ attribute: String, _ value: JSONValue) {
    guard kind != .value else {
      guard let literal = literal(value, name: name) else { return }
      entries.append(QueryParameters.Entry(name: name, kind: .value, value: literal))
      return
    }
    if value.array != nil { return note("\(name)=\(value.text()) parameter is multivalued, only VALUE parameters can be multivalued") }
    let rule = "a valid value for \(attribute) parameter is a string" + (kind == .pattern ? " and contains *" : "")
    guard let text = value.string, kind == .identifier || text.contains("*") else {
      return note("[\(value.string ?? value.text())] is not a valid value for \(attribute) parameter, \(rule)")
    }
    entries.append(QueryParameters.Entry(name: name, kind: kind, value: .string(text)))
  }

  private mutating func literal(_ value: JSONValue, name: String) -> LiteralSyntax? {
    switch value {
    case .null: return .null
    case .bool(let flag): return .boolean(flag)
    case .integer(let number): return Int32(exactly: number).map { .integer($0) } ?? .long(number)
    case .unsigned(let number): return .unsignedLong(number)
    case .double(let number): return .double(number)
    case .string(let text): return .string(text)
    case .array(let elements): return list(elements, name: name)
    case .object:
      note("\(name)=\(value.text()) is not supported as a parameter")
      return nil
    }
  }

  private mutating func list(_ elements: [JSONValue], name: String) -> LiteralSyntax? {
    let all = JSONValue.array(elements).text()
    guard !elements.contains(.null) else {
      note("Parameter [\(name)] contains a null entry: \(all). Null values are not allowed in multivalued params")
      return nil
    }
    var values: [LiteralSyntax] = []
    for element in elements {
      guard element.array == nil, let value = literal(element, name: name) else { return nil }
      values.append(value)
    }
    guard Set(values.map(\.typeName)).count <= 1 else {
      note("Parameter [\(name)] contains mixed data types: \(all). Mixed data types are not allowed in multivalued params.")
      return nil
    }
    return .list(values)
  }

  mutating func checkMixture() {
    guard !named.isEmpty, !unnamed.isEmpty else { return }
    note(
      "Params cannot contain both named and unnamed parameters; got [\(named.joined(separator: ", "))] and [\(unnamed.joined(separator: ", "))]"
    )
  }

  private mutating func note(_ problem: String) { problems.append("\(place) \(problem)") }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first == UInt8(ascii: "_") || isLetter(first) else { return false }
    return text.utf8.allSatisfy { isLetter($0) || $0 == UInt8(ascii: "_") || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z") }
}
