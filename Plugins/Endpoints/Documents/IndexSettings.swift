import Meanwhile
import MeanwhileData

/// Settings of an index: taken in any of the spellings that clients use, kept as one tree, given back as texts.
enum IndexSettings {
  static let replicasDefault = 1

  /// `{"index":{"a.b":1}}`, `{"index.a.b":1}` and `{"a":{"b":1}}` all become `{"a":{"b":1}}`.
  static func normalized(_ settings: JSONObject) -> JSONObject {
    var tree = JSONObject()
    func add(_ value: JSONValue, at path: [String]) {
      if case .object(let object) = value {
        for member in object.members { add(member.value, at: path + member.name.split(separator: ".").map(String.init)) }
        return
      }
      let own = path.first == "index" ? path.dropFirst() : path[...]
      guard !own.isEmpty else { return }
      insert(value, at: own, into: &tree)
    }
    add(.object(settings), at: [])
    return tree
  }

  private static func insert(_ value: JSONValue, at path: ArraySlice<String>, into tree: inout JSONObject) {
    guard let first = path.first else { return }
    guard path.count > 1 else {
      tree[first] = value
      return
    }
    var child = tree[first]?.object ?? JSONObject()
    insert(value, at: path.dropFirst(), into: &child)
    tree[first] = .object(child)
  }

  /// Numbers that must be within bounds, by setting.
  private static let bounds: [(name: String, range: ClosedRange<Int64>)] = [
    ("number_of_shards", 1...1_024), ("number_of_replicas", 0...Int64(Int32.max)),
  ]

  /// - Throws: `illegal_argument_exception` (400) for a value that a setting cannot have.
  static func check(_ settings: JSONObject) throws(APIError) {
    for (name, range) in bounds {
      guard let value = settings[name] else { continue }
      let text = value.string ?? value.int.map { String($0) } ?? "null"
      guard let number = Int64(text) else {
        throw .illegalArgument("Failed to parse value [\(text)] for setting [index.\(name)]")
      }
      if number < range.lowerBound {
        throw .illegalArgument("Failed to parse value [\(number)] for setting [index.\(name)] must be >= \(range.lowerBound)")
      }
      if number > range.upperBound {
        throw .illegalArgument("Failed to parse value [\(number)] for setting [index.\(name)] must be <= \(range.upperBound)")
      }
    }
    if let mode = settings["mode"]?.string, !["standard", "lookup", "time_series", "logsdb"].contains(mode) {
      throw .illegalArgument("[\(mode)] is an invalid index mode, valid modes are: [standard, time_series, logsdb, lookup]")
    }
  }

  static func replicas(of definition: IndexDefinition) -> Int {
    let value = definition.settings["number_of_replicas"]
    return value?.int.flatMap { Int(exactly: $0) } ?? value?.string.flatMap { Int($0) } ?? replicasDefault
  }

  /// The settings as `GET` gives them: every value a text, with what the server itself knows.
  static func json(of definition: IndexDefinition) -> JSONValue {
    var index = texts(definition.settings)
    if index["number_of_shards"] == nil { index["number_of_shards"] = "1" }
    if index["number_of_replicas"] == nil { index["number_of_replicas"] = .string(String(replicasDefault)) }
    index["provided_name"] = .string(definition.name)
    index["creation_date"] = .string(String(definition.created.milliseconds))
    index["uuid"] = .string(definition.uuid)
    index["version"] = ["created": "9000000"]
    return ["index": .object(index)]
  }

  /// The same with every value a text.
  static func texts(_ object: JSONObject) -> JSONObject {
    var made = JSONObject()
    for member in object.members {
      switch member.value {
      case .object(let child): made[member.name] = .object(texts(child))
      case .array(let values):
        made[member.name] = .array(values.map { .string($0.string ?? String(decoding: $0.encoded(), as: UTF8.self)) })
      case .string: made[member.name] = member.value
      default: made[member.name] = .string(String(decoding: member.value.encoded(), as: UTF8.self))
      }
    }
    return made
  }
}
