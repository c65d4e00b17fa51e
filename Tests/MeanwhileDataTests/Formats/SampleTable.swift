import Meanwhile
import MeanwhileData

extension Table {
  /// Two pages with one column of every type that results have, with nulls and several values.
  static var sample: Table {
    let fields: [Table.Field] = [
      Field(name: "flag", type: .boolean), Field(name: "count", type: .integer), Field(name: "big", type: .unsignedLong),
      Field(name: "ratio", type: .double), Field(name: "word", type: .keyword), Field(name: "at", type: .date),
      Field(name: "nanos", type: .dateNanos), Field(name: "ip", type: .ip), Field(name: "release", type: .version),
      Field(name: "doc", type: .source), Field(name: "nothing", type: .null),
    ]
    let rows: [[Value]] = [
      [
        .boolean(true), .long(1), .long(UnsignedLong.encode(.max)), .double(40), .string("a \"b\"\n"), .long(1_582_979_430_500),
        .long(1_582_979_430_500_800_900), .bytes(IPAddress(v4: 0x0A01_0203).bytes), .bytes(VersionKey.encoded("1.2.3")),
        .string(#"{"a":1,"b":["x",null]}"#), .null,
      ],
      [
        .null, .several([.long(-2), .long(3)]), .null, .double(1e10), .several([.string("p"), .string("q,r")]), .null, .null, .null, .null,
        .null,
        .null,
      ],
      [
        .boolean(false), .null, .long(UnsignedLong.encode(5)), .double(.nan), .string("tab\there"), .null, .null, .null, .null, .null,
        .null,
      ],
    ]
    func page(_ rows: [[Value]]) -> Page {
      Page(
        rowCount: rows.count,
        columns: fields.indices.map { column in ColumnBuilder.column(of: rows.map { $0[column] }, type: fields[column].type) })
    }
    return Table(fields: fields, pages: [page(Array(rows[..<2])), page(Array(rows[2...]))])
  }

  /// A table of one page.
  static func of(_ columns: [(name: String, type: DataType, cells: [Value])]) -> Table {
    Table(
      fields: columns.map { Field(name: $0.name, type: $0.type) },
      pages: [Page(rowCount: columns.first?.cells.count ?? 0, columns: columns.map { ColumnBuilder.column(of: $0.cells, type: $0.type) })])
  }

  /// All cells, row by row.
  var cells: [[Value]] {
    pages.flatMap { page in (0..<page.rowCount).map { row in page.columns.map { $0.value(atRow: row) } } }
  }
}

extension ResultFormat {
  func text(_ table: Table, head: JSONObject = [:], tail: JSONObject = [:], options: ResultOptions = ResultOptions()) async throws -> String
  {
    let response = response(ResultDocument(head: head, table: TableStream(table), tail: tail), options: options)
    return String(decoding: try await response.collectBody(), as: UTF8.self)
  }
}
