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

  /// The object, in chunks of a page.
  public func stream(_ document: ResultDocument, options: ResultOptions = ResultOptions()) -> ChunkStream {
    let columns = document.columnIndices(options)
    let pages = document.table.pages
    let renderer = CellRenderer(style: .json, zone: options.zone)
    let start = opening(document, columns: columns, options: options)
    let end = closing(document.tail)
    guard options.isColumnar else {
      return ChunkStream(chunkCount: pages.count + 2) { chunk in
        if chunk == 0 { return start }
        if chunk == pages.count + 1 { return end }
        let isFirst = !pages[..<(chunk - 1)].contains { $0.rowCount > 0 }
        return Self.rows(of: pages[chunk - 1], columns: columns, renderer: renderer, isFirst: isFirst)
      }
    }
    // One chunk a column and page; a column without pages is still an array.
    let parts = max(1, pages.count)
    return ChunkStream(chunkCount: columns.count * parts + 2) { chunk in
      if chunk == 0 { return start }
      if chunk == columns.count * parts + 1 { return end }
      let (column, part) = (chunk - 1).quotientAndRemainder(dividingBy: parts)
      let isFirst = !pages[..<part].contains { $0.rowCount > 0 }
      let out = VectorBuilder<UInt8>(capacity: 4_096)
      if part == 0 {
        if column > 0 { out.append(UInt8(ascii: ",")) }
        out.append(UInt8(ascii: "["))
      }
      if part < pages.count { Self.cells(of: pages[part].columns[columns[column]], renderer: renderer, isFirst: isFirst, to: out) }
      if part == parts - 1 { out.append(UInt8(ascii: "]")) }
      return Array(out.buffer)
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

  private static func cells(of column: Column, renderer: CellRenderer, isFirst: Bool, to out: VectorBuilder<UInt8>) {
    let cells = renderer.render(column)
    for row in 0..<cells.count {
      if row > 0 || !isFirst { out.append(UInt8(ascii: ",")) }
      out.append(contentsOf: cells[row])
    }
  }
}
