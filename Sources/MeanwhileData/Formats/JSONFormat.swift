import Meanwhile

/// A table as a JSON object: `{…, "columns":[{"name","type"}], "values":[[…]], …}`, values row by row or column by column.
public struct JSONFormat: ResultFormat {
  public let name = "json"
  public let mediaTypes = [
    "application/json", "application/*", "application/x-ndjson", "application/vnd.elasticsearch+json",
    "application/vnd.elasticsearch+x-ndjson",
  ]
  public let capabilities: ResultFormatCapabilities = [.members, .columnar]

  public init() {}

  public func contentType(_ options: ResultOptions) -> String { options.vendorContentType ?? "application/json" }

  public func response(_ document: ResultDocument, options: ResultOptions) -> EndpointResponse {
    let stream = self.stream(document, options: options)
    let headers: Headers = ["Content-Type": contentType(options)]
    return EndpointResponse(headers: headers, body: .stream(stream))
  }

  /// The object. Column by column, the table is gone over once a column.
  public func stream(_ document: ResultDocument, options: ResultOptions = ResultOptions()) -> ChunkStream {
    ChunkStream(of: document.table) {
      let columns = try await document.columnIndices(options)
      let renderer = CellRenderer(style: .json, zone: options.zone)
      var passes: [TablePass]
      if options.isColumnar {
        passes = columns.enumerated().map { position, column in
          TablePass(head: Array((position > 0 ? ",[" : "[").utf8), tail: [UInt8(ascii: "]")]) { page, isFirst in
            Self.cells(of: page.columns[column], renderer: renderer, isFirst: isFirst)
          }
        }
        if passes.isEmpty { passes = [TablePass { _, _ in [] }] }
      } else {
        passes = [TablePass { page, isFirst in Self.rows(of: page, columns: columns, renderer: renderer, isFirst: isFirst) }]
      }
      passes[0].head = opening(document, columns: columns, options: options) + passes[0].head
      passes[passes.count - 1].tail += closing(document.tail)
      return passes
    }
  }

  private func opening(_ document: ResultDocument, columns: [Int], options: ResultOptions) -> [UInt8] {
    var object = document.head
    let fields = document.table.fields
    if options.dropsNullColumns { object.append("all_columns", .array(fields.map(Self.description))) }
    object.append("columns", .array(columns.map { Self.description(of: fields[$0]) }))
    var bytes = JSONValue.object(object).encoded()
    bytes.removeLast()
    bytes.append(contentsOf: ",\"values\":[".utf8)
    return bytes
  }

  private static func description(of field: Table.Field) -> JSONValue {
    var object: JSONObject = ["name": .string(field.name), "type": .string(field.type.name)]
    if !field.originalTypes.isEmpty { object.append("original_types", .array(field.originalTypes.map(JSONValue.string))) }
    return .object(object)
  }

  private func closing(_ tail: JSONObject) -> [UInt8] {
    var bytes: [UInt8] = [UInt8(ascii: "]")]
    for member in tail.members {
      bytes.append(UInt8(ascii: ","))
      JSONText.append(quoting: member.name, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      bytes.append(contentsOf: member.value.encoded())
    }
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  private static func rows(of page: Page, columns: [Int], renderer: CellRenderer, isFirst: Bool) -> [UInt8] {
    let cells = columns.map { renderer.render(page.columns[$0]) }
    let out = VectorBuilder<UInt8>(capacity: cells.reduce(16) { $0 + $1.bytes.count + page.rowCount } + 2 * page.rowCount)
    for row in 0..<page.rowCount {
      if row > 0 || !isFirst { out.append(UInt8(ascii: ",")) }
      out.append(UInt8(ascii: "["))
      for column in cells.indices {
        if column > 0 { out.append(UInt8(ascii: ",")) }
        out.append(contentsOf: cells[column][row])
      }
      out.append(UInt8(ascii: "]"))
    }
    return Array(out.buffer)
  }

  private static func cells(of column: Column, renderer: CellRenderer, isFirst: Bool) -> [UInt8] {
    let cells = renderer.render(column)
    let out = VectorBuilder<UInt8>(capacity: cells.bytes.count + cells.count)
    for row in 0..<cells.count {
      if row > 0 || !isFirst { out.append(UInt8(ascii: ",")) }
      out.append(contentsOf: cells[row])
    }
    return Array(out.buffer)
  }
}
