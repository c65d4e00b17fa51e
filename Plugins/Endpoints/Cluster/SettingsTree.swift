import Meanwhile

/// Settings as JSON: names with dots, or objects in objects.
enum SettingsTree {
  /// What a request gives: texts by full name, nil for null. Nested objects and names with dots may be mixed.
  ///
  /// - Throws: a 400 for a value that no setting can have.
  static func texts(of object: JSONObject) throws(APIError) -> [String: String?] {
    var texts: [String: String?] = [:]
    try collect(object, under: "", into: &texts)
    return texts
  }

  private static func collect(_ object: JSONObject, under prefix: String, into texts: inout [String: String?]) throws(APIError) {
    for member in object.members {
      let name = prefix + member.name
      switch member.value {
      case .object(let inner): try collect(inner, under: name + ".", into: &texts)
      case .null: texts.updateValue(nil, forKey: name)
      case .string(let text): texts[name] = text
      case .bool(let value): texts[name] = String(value)
      case .integer(let value): texts[name] = String(value)
      case .unsigned(let value): texts[name] = String(value)
      case .double(let value): texts[name] = String(value)
      case .array: throw .illegalArgument("Found list type value for setting [\(name)] but but did not expect a list for it.")
      }
    }
  }

  /// Texts by name as a response has them, in the order of names.
  static func json(_ texts: [String: String], isFlat: Bool) -> JSONValue {
    let sorted = texts.sorted { $0.key < $1.key }
    guard !isFlat else { return .object(JSONObject(sorted.map { JSONObject.Member(name: $0.key, value: .string($0.value)) })) }
    return nested(sorted.map { (path: $0.key.split(separator: ".", omittingEmptySubsequences: false)[...], text: $0.value) })
  }

  private typealias Leaf = (path: ArraySlice<Substring>, text: String)

  /// Those whose names begin alike stand next to each other.
  private static func nested(_ leaves: [Leaf]) -> JSONValue {
    var object = JSONObject()
    var rest = leaves[...]
    while let first = rest.first, let name = first.path.first {
      let group = rest.prefix { $0.path.first == name }
      rest = rest.dropFirst(group.count)
      if group.count == 1, first.path.count == 1 {
        object.append(String(name), .string(first.text))
      } else {
        object.append(String(name), nested(group.map { (path: $0.path.dropFirst(), text: $0.text) }))
      }
    }
    return .object(object)
  }
}
