import Meanwhile

/// A mapping compiled for reading: nodes to walk along with a document, and the writers that collect its values.
final class FieldTree {
  let root: FieldNode
  /// Every field that has a column, by path.
  private(set) var writers: [String: FieldWriter] = [:]
  /// The same by ``FieldWriter/number``.
  private(set) var fields: [FieldWriter] = []

  /// - Parameter kept: writers of an earlier tree, which go on with the same values.
  /// - Throws: ``APIError`` where a field's parameters make no sense.
  init(_ mapping: Mapping, keeping kept: [String: FieldWriter] = [:]) throws(APIError) {
    writers = kept
    fields = kept.values.sorted { $0.number < $1.number }
    root = FieldNode(kind: .object, path: "", dynamic: mapping.dynamic)
    var copyTargets: [(from: FieldWriter, to: [String])] = []
    try build(mapping.allFields, into: root, dynamic: mapping.dynamic, copyTargets: &copyTargets)
    for (writer, paths) in copyTargets {
      for path in paths {
        if let target = writers[path], !writer.copies.contains(where: { $0 === target }) { writer.copies.append(target) }
      }
    }
  }

  private func build(
    _ fields: [String: FieldMapping], into parent: FieldNode, dynamic: Mapping.Dynamic,
    copyTargets: inout [(from: FieldWriter, to: [String])]
  ) throws(APIError) {
    for (name, field) in fields {
      let path = parent.path.isEmpty ? name : parent.path + "." + name
      let node: FieldNode
      switch field.type {
      case .object:
        let isEnabled = field.parameters["enabled"]?.flag ?? true
        let ownDynamic = field.parameters["dynamic"].flatMap { Mapping.Dynamic($0) } ?? dynamic
        node = FieldNode(kind: isEnabled ? .object : .skipped, path: path, dynamic: ownDynamic)
        if isEnabled { try build(field.properties, into: node, dynamic: ownDynamic, copyTargets: &copyTargets) }
      case .alias: node = FieldNode(kind: .alias, path: path)
      case _ where field.type.dataType.layout == .none || !field.type.isReadIntoColumns: node = FieldNode(kind: .skipped, path: path)
      default:
        let writer = try writer(at: path, field)
        writer.copies = []
        for (multiName, multi) in field.multiFields.sorted(by: { $0.key < $1.key }) where multi.type.isReadIntoColumns {
          writer.copies.append(try self.writer(at: path + "." + multiName, multi))
        }
        let targets = field.parameters["copy_to"].map { $0.array?.compactMap(\.string) ?? [$0.string].compactMap { $0 } } ?? []
        if !targets.isEmpty { copyTargets.append((writer, targets)) }
        node = FieldNode(kind: .leaf, path: path, writer: writer)
      }
      Array(name.utf8).withUnsafeBufferPointer { parent.add(node, named: $0) }
    }
  }

  private func writer(at path: String, _ field: FieldMapping) throws(APIError) -> FieldWriter {
    if let known = writers[path] { return known }
    let made = try FieldWriter(path: path, field: field, number: fields.count)
    writers[path] = made
    fields.append(made)
    return made
  }
}

extension FieldType {
  /// Whether values of the type become a column. All others stay in the source, where results find them.
  var isReadIntoColumns: Bool {
    switch self {
    case .geoShape, .shape: false
    default: dataType.layout != .none
    }
  }
}
