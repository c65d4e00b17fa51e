import Meanwhile
import MeanwhileData

/// The fields of the indices that a search reads, and the columns it came to need. Indices may map one name to different types: each type is then a
/// column of its own, which is null where the index has another.
public struct SearchFields: Sendable {
  /// A field of one type.
  public struct Variant: Sendable {
    public var attribute: Attribute
    public var leaf: Mapping.Leaf
    /// An index that has it, for messages.
    public var index: String
  }

  public let snapshots: [IndexSnapshot]
  /// The columns that were asked for, to read in a ``Plan/Scan``.
  public private(set) var columns: [Plan.Scan.Column] = []
  private let leaves: [String: [(leaf: Mapping.Leaf, index: String)]]
  private var variants: [String: [Variant]] = [:]
  private var metadata: [String: Attribute] = [:]
  /// Fields that a mapping computes by a script when they are read, with the index of each: kept in mappings, and not run.
  private let runtimeFields: [String: String]
  /// One of them that was asked for.
  private var unreadable: String?

  public init(_ snapshots: [IndexSnapshot]) {
    self.snapshots = snapshots
    var found: [String: [(leaf: Mapping.Leaf, index: String)]] = [:]
    var runtimeFields: [String: String] = [:]
    for snapshot in snapshots {
      for name in snapshot.definition.mapping.parameters["runtime"]?.object?.names ?? [] { runtimeFields[name] = snapshot.definition.name }
      for leaf in snapshot.definition.mapping.leaves {
        let isKnown = found[leaf.path, default: []].contains {
          $0.leaf.field.type == leaf.field.type && $0.leaf.field.parameters == leaf.field.parameters
        }
        if !isKnown { found[leaf.path, default: []].append((leaf, snapshot.definition.name)) }
      }
    }
    leaves = found
    self.runtimeFields = runtimeFields
  }

  /// - Throws: a 400 that names a runtime field, where one was asked for: without its script it would match nothing, which is no answer.
  public func checkReadable() throws(APIError) {
    guard let unreadable else { return }
    throw .illegalArgument("runtime field [\(unreadable)] of index [\(runtimeFields[unreadable] ?? "")] is not supported in queries")
  }

  /// The paths of all fields, sorted.
  public var paths: [String] { leaves.keys.sorted() }

  /// The variants of a field that have a column; none where no index has the field. An alias gives the field it stands for.
  public mutating func variants(of path: String) -> [Variant] {
    if let known = variants[path] { return known }
    if runtimeFields[path] != nil { unreadable = path }
    var found: [Variant] = []
    // An alias of itself, by whatever way, has no column.
    variants[path] = []
    for (leaf, index) in leaves[path] ?? [] {
      if leaf.field.type == .alias {
        if let target = leaf.field.parameters["path"]?.string, target != path { found += variants(of: target) }
        continue
      }
      let type = leaf.field.type.dataType
      guard type != .unsupported else { continue }
      if let same = found.first(where: { $0.attribute.type == type }) {
        // One column is enough for two definitions of one type: a date in two formats, say.
        found.append(Variant(attribute: same.attribute, leaf: leaf, index: index))
        continue
      }
      let attribute = Attribute(name: path, type: type)
      columns.append(Plan.Scan.Column(attribute, .field(leaf.path)))
      found.append(Variant(attribute: attribute, leaf: leaf, index: index))
    }
    variants[path] = found
    return found
  }

  /// Reads a field from a column that is there already.
  mutating func bind(_ path: String, to attribute: Attribute) {
    let known = (leaves[path] ?? []).filter { $0.leaf.field.type.dataType == attribute.type }
    if known.isEmpty {
      guard leaves[path] == nil, let type = FieldType(rawValue: attribute.type.rawValue) else { return }
      let leaf = Mapping.Leaf(path: path, field: FieldMapping(type: type), sourcePath: path)
      variants[path] = [Variant(attribute: attribute, leaf: leaf, index: "")]
    } else {
      variants[path] = known.map { Variant(attribute: attribute, leaf: $0.leaf, index: $0.index) }
    }
  }

  /// A column of nulls, for a field that no index has.
  public mutating func unmapped(_ path: String, type: DataType) -> Attribute {
    let attribute = Attribute(name: path, type: type)
    columns.append(Plan.Scan.Column(attribute, .field(path)))
    return attribute
  }

  /// Whether any index maps the field, be it without a column.
  public func isMapped(_ path: String) -> Bool { leaves[path] != nil }

  /// The paths below an object, such as `user.` for `user`.
  func paths(below path: String) -> [String] { leaves.keys.filter { $0.hasPrefix(path + ".") }.sorted() }

  /// The column of `_id` or another name of ``MetadataField``, of `_index`, `_doc` or `_score`.
  public mutating func metadata(_ name: String) -> Attribute {
    if let known = metadata[name] { return known }
    let (type, source): (DataType, Plan.Scan.Source) =
      switch name {
      case "_index": (.keyword, .index)
      case "_doc": (.document, .document)
      case "_score": (.double, .score)
      case MetadataField.version, MetadataField.sequenceNumber: (.long, .metadata(name))
      case MetadataField.source: (.source, .metadata(name))
      default: (.keyword, .metadata(name))
      }
    let attribute = Attribute(name: name, type: type)
    columns.append(Plan.Scan.Column(attribute, source))
    metadata[name] = attribute
    return attribute
  }
}
