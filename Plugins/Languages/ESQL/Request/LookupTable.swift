import Meanwhile
import MeanwhileData

/// A table that a request brings along, for LOOKUP: `"tables": {"eras": {"author": {"keyword": ["Herbert"]}, "era": {"keyword": ["new wave"]}}}`.
struct LookupTable: Sendable {
  /// In the order of the request.
  var columns: [(name: String, column: Column)]

  /// What a column's values may be.
  private static let types: [String: DataType] = [
    "keyword": .keyword, "integer": .integer, "long": .long, "double": .double, "boolean": .boolean, "date": .date,
  ]

  /// Reads the tables of a request, by name.
  ///
  /// - Throws: `action_request_validation_exception` (400).
  static func tables(reading field: BodyField) throws(APIError) -> [String: LookupTable] {
    var tables: [String: LookupTable] = [:]
    for member in try field.object().object?.members ?? [] {
      guard let columns = member.value.object else { throw .validation(["table [\(member.name)] must be an object of columns"]) }
      tables[member.name] = try LookupTable(columns, name: member.name)
    }
    return tables
  }

  private init(_ object: JSONObject, name: String) throws(APIError) {
    columns = []
    for member in object.members {
      guard let typed = member.value.object?.members.first, member.value.object?.members.count == 1, let type = Self.types[typed.name],
        let values = typed.value.array
      else {
        throw .validation([
          "column [\(member.name)] of table [\(name)] must be an object with one member, named by a type of [\(Self.types.keys.sorted().joined(separator: ", "))]"
        ])
      }
      var cells: [Value] = []
      for value in values {
        guard let cell = Self.cell(value, type) else {
          throw .validation(["column [\(member.name)] of table [\(name)] has a value that is no [\(type.name)]"])
        }
        cells.append(cell)
      }
      columns.append((member.name, ColumnBuilder.column(of: cells, type: type)))
    }
    guard Set(columns.map(\.column.rowCount)).count <= 1 else {
      throw .validation(["columns of table [\(name)] have different numbers of values"])
    }
  }

  private static func cell(_ value: JSONValue, _ type: DataType) -> Value? {
    if value.isNull { return .null }
    if let list = value.array {
      let cells = list.compactMap { cell($0, type) }
      return cells.count == list.count ? .several(cells) : nil
    }
    switch type {
    case .keyword: return value.string.map { .string($0) }
    case .integer: return value.int.flatMap { Int32(exactly: $0) }.map { .long(Int64($0)) }
    case .long: return value.int.map { .long($0) }
    case .double: return value.double.map { .double($0) }
    case .boolean: return value.bool.map { .boolean($0) }
    case .date: return value.int.map { .long($0) } ?? value.string.flatMap { ISODate.parseMillis($0) }.map { .long($0) }
    default: return nil
    }
  }
}
