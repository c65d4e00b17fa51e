import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// The sort of a search, over columns.
struct SearchSort: Sendable {
  struct Key: Sendable {
    var field: String
    var attribute: Attribute
    var isAscending: Bool
    var nullsFirst: Bool
    var format: DateFormat?
  }

  var keys: [Key] = []

  var planKeys: [Plan.SortKey] {
    keys.map { Plan.SortKey(.column($0.attribute), isAscending: $0.isAscending, nullsFirst: $0.nullsFirst) }
  }

  /// Finds the columns of a sort's fields.
  ///
  /// - Throws: a failed search (400) for a field that no index has, or that cannot be sorted by.
  init(_ fields: [SearchRequest.SortField], _ compiler: inout SearchQueryCompiler) throws(APIError) {
    for field in fields {
      let format = try field.format.map { name throws(APIError) in try Self.format(name) }
      let attribute = try Self.attribute(field, &compiler)
      keys.append(
        Key(field: field.field, attribute: attribute, isAscending: field.isAscending, nullsFirst: field.missingFirst, format: format))
    }
  }

  static func format(_ name: String) throws(APIError) -> DateFormat {
    do {
      return try DateFormat(name)
    } catch {
      throw .illegalArgument("Invalid format: [\(name)]: \(error.reason)")
    }
  }

  private static func attribute(_ field: SearchRequest.SortField, _ compiler: inout SearchQueryCompiler) throws(APIError) -> Attribute {
    switch field.field {
    case "_score", "_doc", "_id", "_index", "_version", "_seq_no": return compiler.metadata(field.field)
    case "_shard_doc": return compiler.metadata("_doc")
    default: break
    }
    let variants = compiler.variants(of: field.field)
    let index = compiler.fields.snapshots.first?.definition.name
    guard let variant = variants.first else {
      guard let type = field.unmappedType else {
        if compiler.fields.snapshots.isEmpty { return compiler.unmapped(field.field, type: .keyword) }
        throw .searchFailure("No mapping found for [\(field.field)] in order to sort on", index: index)
      }
      // A column of nulls of the wanted type: any field that no segment has.
      return compiler.unmapped(field.field, type: FieldType(rawValue: type)?.dataType ?? .keyword)
    }
    guard variant.attribute.type != .text else { throw .textFieldData(field.field, index: variant.index) }
    return variant.attribute
  }

  /// A hit's sort values, as it shows them and `search_after` takes them.
  func values(_ cells: [Value]) -> JSONValue {
    .array(
      zip(cells, keys).map { cell, key in
        let candidates = cell.elements
        guard let value = key.isAscending ? candidates.first : candidates.last else { return Self.missing(key) }
        if key.attribute.name == "_score", case .double(let score) = value { return .double(FieldRendering.score(score)) }
        if let format = key.format, key.attribute.type.isDate {
          return FieldRendering.json(value, type: key.attribute.type, format: format)
        }
        if case .boolean(let flag) = value { return .integer(flag ? 1 : 0) }
        return FieldRendering.key(value, type: key.attribute.type)
      })
  }

  /// What Lucene puts in place of a missing value: the end of the type's range that sorts where missing values do.
  private static func missing(_ key: Key) -> JSONValue {
    let isGreatest = key.isAscending != key.nullsFirst
    switch key.attribute.type.layout {
    case .long, .boolean: return .integer(isGreatest ? .max : .min)
    case .double: return .string(isGreatest ? "Infinity" : "-Infinity")
    case .bytes, .none: return .null
    }
  }
}

extension APIError {
  /// A text has terms, not a value: there is nothing to sort or group by.
  static func textFieldData(_ field: String, index: String) -> APIError {
    .searchFailure(
      type: "illegal_argument_exception",
      "Fielddata is disabled on [\(field)] in [\(index)]. Text fields are not optimised for operations that require per-document field data "
        + "like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead. Alternatively, set "
        + "fielddata=true on [\(field)] in order to load field data by uninverting the inverted index. Note that this can use significant memory.",
      index: index)
  }
}
