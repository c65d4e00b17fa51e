import Meanwhile
import MeanwhileData

/// Indices with documents that never change, for queries to read.
struct FixedIndexStore: IndexStore {
  private var definitions: [String: IndexDefinition] = [:]
  private var segments: [String: [Segment]] = [:]

  /// Adds an index with one segment.
  ///
  /// - Parameters:
  ///   - fields: the mapping's leaves, by path; a dot makes a multi-field of a field that is there, else an object.
  ///   - columns: cells by path; their types are the fields'.
  mutating func add(_ name: String, fields: [(String, FieldType)], rows: Int = 0, columns: [String: [Value]] = [:], aliases: [String] = [])
  {
    var mapping = Mapping()
    for (path, type) in fields { mapping.add(path.split(separator: ".").map(String.init), FieldMapping(type: type)) }
    definitions[name] = IndexDefinition(
      name: name, uuid: name, created: Timestamp(milliseconds: 0), mapping: mapping,
      aliases: JSONObject(aliases.map { JSONObject.Member(name: $0, value: [:]) }))
    var made: [String: Column] = [:]
    for (path, type) in fields {
      guard let cells = columns[path] else { continue }
      made[path] = ColumnBuilder.column(of: cells, type: type.dataType)
    }
    made[MetadataField.id] = ColumnBuilder.column(of: (0..<rows).map { .string("\(name)-\($0)") }, type: .keyword)
    made[MetadataField.version] = ColumnBuilder.column(of: (0..<rows).map { _ in .long(1) }, type: .long)
    let summaries = made.mapValues { column in
      Segment.FieldSummary(type: column.type, rowsWithValue: column.rowCount, valueCount: column.values.count)
    }
    segments[name] = [Segment(rowCount: rows, fields: summaries) { [made] in made[$0] }]
  }

  func indices() async throws -> [IndexSummary] {
    definitions.values.sorted { $0.name < $1.name }.map { IndexSummary(definition: $0, documentCount: 0, deletedCount: 0, byteCount: 0) }
  }

  func index(_ name: String) async throws -> IndexSummary? {
    definitions[name].map { IndexSummary(definition: $0, documentCount: 0, deletedCount: 0, byteCount: 0) }
  }

  func snapshot(of name: String) async throws -> IndexSnapshot {
    guard let definition = definitions[name] else { throw APIError.indexNotFound(name) }
    return IndexSnapshot(definition: definition, segments: (segments[name] ?? []).map { SegmentView(segment: $0) })
  }

  func createIndex(_ definition: IndexDefinition) async throws { throw readOnly }
  func deleteIndex(_ name: String) async throws { throw readOnly }
  func updateDefinition(of name: String, _ change: @Sendable (inout IndexDefinition) throws -> Void) async throws { throw readOnly }
  func write(_ batch: [DocumentWrite], to name: String) async throws -> [DocumentWriteResult] { throw readOnly }
  func document(_ id: String, in name: String) async throws -> StoredDocument? { nil }
  func refresh(_ name: String) async throws {}

  private var readOnly: APIError { .illegalArgument("these indices never change") }
}

extension Mapping {
  fileprivate mutating func add(_ path: [String], _ field: FieldMapping) {
    properties = Self.adding(path[...], field, to: properties)
  }

  private static func adding(_ path: ArraySlice<String>, _ field: FieldMapping, to fields: [String: FieldMapping]) -> [String: FieldMapping]
  {
    guard let first = path.first else { return fields }
    var fields = fields
    if path.count == 1 {
      fields[first] = field
    } else if var parent = fields[first], parent.type != .object {
      parent.multiFields = adding(path.dropFirst(), field, to: parent.multiFields)
      fields[first] = parent
    } else {
      var parent = fields[first] ?? FieldMapping(type: .object)
      parent.properties = adding(path.dropFirst(), field, to: parent.properties)
      fields[first] = parent
    }
    return fields
  }
}
