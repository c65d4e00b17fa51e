import Meanwhile

/// The fields of an index, and what happens to a field that is not among them.
public struct Mapping: Sendable, Hashable {
  /// What a document's unmapped field does.
  public enum Dynamic: String, Sendable, Hashable {
    /// It is added to the mapping.
    case `true`
    /// It stays in the source alone.
    case `false`
    /// The document is refused.
    case strict
    /// It becomes a runtime field: no property of the mapping, and known to queries.
    case runtime
  }

  public var properties: [String: FieldMapping]
  public var dynamic: Dynamic
  /// Other root members, kept and given back: `_meta`, `dynamic_templates`, `date_detection`, `runtime`, …
  public var parameters: JSONObject

  public init(properties: [String: FieldMapping] = [:], dynamic: Dynamic = .true, parameters: JSONObject = JSONObject()) {
    self.properties = properties
    self.dynamic = dynamic
    self.parameters = parameters
  }

  /// A leaf of the mapping under its dotted path.
  public struct Leaf: Sendable, Hashable {
    /// Dotted, such as `user.name` or `message.keyword`.
    public var path: String
    public var field: FieldMapping
    /// The path whose values it has: its own, or for a multi-field its parent's.
    public var sourcePath: String

    public init(path: String, field: FieldMapping, sourcePath: String) {
      self.path = path
      self.field = field
      self.sourcePath = sourcePath
    }
  }

  /// Every field that may have a column, multi-fields included, sorted by path.
  public var leaves: [Leaf] {
    var found: [Leaf] = []
    func visit(_ fields: [String: FieldMapping], under prefix: String) {
      for (name, field) in fields {
        let path = prefix + name
        // Fields of nested documents belong to no row of their own, so they have no column.
        if field.type == .nested { continue }
        if field.type == .object {
          visit(field.properties, under: path + ".")
          continue
        }
        found.append(Leaf(path: path, field: field, sourcePath: path))
        for (multiName, multi) in field.multiFields {
          found.append(Leaf(path: path + "." + multiName, field: multi, sourcePath: path))
        }
      }
    }
    visit(allFields, under: "")
    return found.sorted { $0.path < $1.path }
  }
}

extension Mapping {
  /// The analyzers of all text fields by path: what a store gives ``SegmentCodec/encode(_:analyzers:to:)``.
  public var analyzers: [String: Analyzer] {
    Dictionary(
      leaves.filter { $0.field.type.dataType == .text }.map { ($0.path, $0.field.analyzer) }, uniquingKeysWith: { first, _ in first })
  }
}

extension FieldMapping {
  /// The analyzer that the field's texts are cut by; the standard one where the mapping names none, or one there is none of.
  public var analyzer: Analyzer { parameters["analyzer"]?.string.flatMap(Analyzer.init(named:)) ?? .standard }
}
