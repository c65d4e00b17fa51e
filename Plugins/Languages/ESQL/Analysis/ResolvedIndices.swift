import Meanwhile
import MeanwhileData

/// The indices that a FROM names, each as it is at one moment.
struct ResolvedIndices: Sendable {
  var snapshots: [IndexSnapshot]

  /// A field over all indices.
  struct Field: Sendable {
    /// Dotted.
    var name: String
    var type: DataType
    /// Where its values are: its own path, the target's of an alias, or a text's keyword multi-field's.
    var path: String
    /// The field that it is in the mapping: its own path, or the target's of an alias.
    var mappedPath: String
    /// For ``DataType/unsupported``: the mapping types behind it, sorted.
    var originalTypes: [String] = []
    /// Where indices disagree: the types that there are columns of.
    var variants: [DataType] = []
    /// Where indices disagree: which index has which type, by type.
    var conflicts: [(type: String, indices: [String])] = []
  }

  /// The fields of all indices, sorted by name.
  func fields() -> [Field] {
    if snapshots.count == 1, let snapshot = snapshots.first { return Self.leaves(of: snapshot.definition.mapping) }
    var merged: [String: [(field: Field, index: String)]] = [:]
    for snapshot in snapshots {
      for field in Self.leaves(of: snapshot.definition.mapping) {
        merged[field.name, default: []].append((field, snapshot.definition.name))
      }
    }
    return merged.values.map(Self.merge).sorted { $0.name < $1.name }
  }

  private static func leaves(of mapping: Mapping) -> [Field] {
    let leaves = mapping.leaves
    let nested = nestedPaths(mapping.properties, under: "")
    var fields: [Field] = []
    for leaf in leaves where !nested.contains(where: { leaf.path.hasPrefix($0) }) {
      if leaf.field.type == .alias {
        guard let target = leaf.field.parameters["path"]?.string, let found = leaves.first(where: { $0.path == target }) else { continue }
        fields.append(field(named: leaf.path, found, among: leaves))
      } else {
        fields.append(field(named: leaf.path, leaf, among: leaves))
      }
    }
    return fields
  }

  private static func field(named name: String, _ leaf: Mapping.Leaf, among leaves: [Mapping.Leaf]) -> Field {
    let type = leaf.field.type.dataType
    let path = type == .text ? exactPath(of: leaf, among: leaves) ?? leaf.path : leaf.path
    return Field(
      name: name, type: type, path: path, mappedPath: leaf.path, originalTypes: type == .unsupported ? [leaf.field.type.rawValue] : [])
  }

  /// The keyword multi-field of a text that has all its values: what Elasticsearch reads a text from, so that values come in order, each once.
  private static func exactPath(of text: Mapping.Leaf, among leaves: [Mapping.Leaf]) -> String? {
    leaves.first { leaf in
      leaf.path.hasPrefix(text.path + ".") && leaf.sourcePath == text.sourcePath && leaf.field.type == .keyword
        && leaf.field.parameters["ignore_above"] == nil && leaf.field.parameters["normalizer"] == nil
    }?.path
  }

  /// Paths, dot included, below which documents of their own lie: the language does not see them.
  private static func nestedPaths(_ fields: [String: FieldMapping], under prefix: String) -> [String] {
    fields.flatMap { name, field in
      field.type == .nested
        ? [prefix + name + "."] : field.properties.isEmpty ? [] : nestedPaths(field.properties, under: prefix + name + ".")
    }
  }

  /// One field of several indices. Different types make it unsupported, but for the two kinds of dates.
  private static func merge(_ found: [(field: Field, index: String)]) -> Field {
    var field = found[0].field
    let types = Set(found.map(\.field.type))
    guard types.count > 1 else {
      field.originalTypes = Set(found.flatMap(\.field.originalTypes)).sorted()
      return field
    }
    if types == [.date, .dateNanos] {
      field.type = .dateNanos
      return field
    }
    let named = found.map { entry in (type: entry.field.originalTypes.first ?? entry.field.type.name, index: entry.index) }
    field.type = .unsupported
    field.variants = types.filter { $0 != .unsupported }.sorted { $0.name < $1.name }
    field.originalTypes = Set(named.map(\.type)).sorted()
    field.conflicts = field.originalTypes.map { type in (type, named.filter { $0.type == type }.map(\.index)) }
    return field
  }
}
