import Meanwhile
import MeanwhileData

/// The fields of the indices that a query searches, as one set: what a name in a condition means.
struct FieldCatalog: Sendable {
  /// A field that a condition can read.
  struct Field: Sendable, Hashable {
    /// As the query names it.
    var name: String
    /// Where its values are: for an alias its target, for analysed text its exact sub-field.
    var path: String
    var type: DataType
    /// The `format` of a date's mapping, if it has one.
    var dateFormat: String?
  }

  enum Resolution: Sendable, Hashable {
    case field(Field)
    /// There is such a field, but a condition cannot use it; the message says why.
    case unusable(String)
    case unknown
  }

  private struct Entry {
    var leaf: Mapping.Leaf
    var index: String
  }

  private var entries: [String: [Entry]] = [:]
  /// Nested fields, dotted.
  private var nested: Set<String> = []

  init(_ definitions: [IndexDefinition]) {
    for definition in definitions {
      for leaf in definition.mapping.leaves { entries[leaf.path, default: []].append(Entry(leaf: leaf, index: definition.name)) }
      collectNested(definition.mapping.properties, under: "")
    }
  }

  private mutating func collectNested(_ properties: [String: FieldMapping], under prefix: String) {
    for (name, field) in properties {
      if field.type == .nested { nested.insert(prefix + name) }
      collectNested(field.properties, under: prefix + name + ".")
    }
  }

  /// Every name, for suggestions.
  var names: [String] { Array(entries.keys) }

  func resolve(_ name: String) -> Resolution {
    if nested.contains(name) { return .unusable("Cannot use field [\(name)] type [nested] due to nested fields not being supported yet") }
    guard let found = entries[name] else { return .unknown }
    if let parent = nested.first(where: { name.hasPrefix($0 + ".") }) {
      let type = found[0].leaf.field.type.rawValue
      return .unusable("Cannot use field [\(name)] type [\(type)] with unsupported nested type in hierarchy (field [\(parent)])")
    }
    let targets = found.compactMap(target)
    guard let first = targets.first, targets.count == found.count else {
      return .unusable("Cannot use field [\(name)] with unsupported type [alias]")
    }
    let types = Set(targets.map(\.leaf.field.type.dataType))
    guard types.count == 1, let type = types.first else { return .unusable(conflict(name, targets)) }
    guard type.layout != .none, !Self.spatial.contains(type) else {
      return .unusable("Cannot use field [\(name)] with unsupported type [\(first.leaf.field.type.rawValue)]")
    }
    guard Set(targets.map(\.leaf.path)).count == 1 else {
      return .unusable("Cannot use field [\(name)]: it stands for different fields in different indices")
    }
    guard type == .text else {
      let format = first.leaf.field.parameters["format"]?.string
      return .field(Field(name: name, path: first.leaf.path, type: type, dateFormat: format))
    }
    return exactText(name, targets)
  }

  private static let spatial: Set<DataType> = [.geoPoint, .geoShape, .cartesianPoint, .cartesianShape]

  /// What an alias stands for, or the field itself.
  private func target(_ entry: Entry) -> Entry? {
    guard entry.leaf.field.type == .alias else { return entry }
    guard let path = entry.leaf.field.parameters["path"]?.string else { return nil }
    return entries[path]?.first { $0.index == entry.index && $0.leaf.field.type != .alias }
  }

  private func conflict(_ name: String, _ targets: [Entry]) -> String {
    var indices: [String: [String]] = [:]
    for target in targets { indices[target.leaf.field.type.rawValue, default: []].append(target.index) }
    let list = indices.sorted { $0.key < $1.key }.map { "[\($0.key)] in [\($0.value.joined(separator: ", "))]" }
    return "Cannot use field [\(name)] due to ambiguities being mapped as [\(list.count)] incompatible types: "
      + list.joined(separator: ", ")
  }

  /// Conditions compare whole values, so analysed text is read through a sub-field that keeps them.
  private func exactText(_ name: String, _ targets: [Entry]) -> Resolution {
    var paths: Set<String> = []
    for target in targets {
      let exact = target.leaf.field.multiFields.filter { $0.value.type.dataType == .keyword }.keys.sorted()
      let path = exact.contains("keyword") ? "keyword" : exact.first
      paths.insert(path.map { target.leaf.path + "." + $0 } ?? target.leaf.path)
    }
    guard paths.count == 1, let path = paths.first else {
      return .unusable("Cannot use field [\(name)] due to different exact sub-fields in different indices")
    }
    return .field(Field(name: name, path: path, type: path == targets[0].leaf.path ? .text : .keyword, dateFormat: nil))
  }
}
