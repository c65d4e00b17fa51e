import Meanwhile

/// A table for people: columns of equal width, names centred above a line.
///
/// Widths need every cell before the first is written, so the table's cells are rendered twice; still only a page of them is held.
public struct TextTableFormat: ResultFormat {
  public let name = "txt"
  public let mediaTypes = ["text/plain", "text/vnd.elasticsearch+plain"]
  public let capabilities: ResultFormatCapabilities = []

  /// The least width of a column, in characters.
  static let widthMin = 15

  public init() {}

  public func contentType(_ options: ResultOptions) -> String { "text/plain" }

  public func response(_ document: ResultDocument, options: ResultOptions) -> EndpointResponse {
    EndpointResponse(headers: ["Content-Type": contentType(options)], body: .stream(stream(document, options: options)))
  }

  /// The header and the rows.
  public func stream(_ document: ResultDocument, options: ResultOptions = ResultOptions()) -> ChunkStream {
    ChunkStream(of: document.table) {
      let columns = try await document.columnIndices(options)
      let names = columns.map { document.table.fields[$0].name }
      let renderer = CellRenderer(style: .plain(null: "null"), zone: options.zone)
      var widths = names.map { max(Self.widthMin, $0.unicodeScalars.count) }
      let reader = document.table.read()
      while let page = try await reader.next() {
        for (position, column) in columns.enumerated() {
          let cells = renderer.render(page.columns[column])
          for row in 0..<cells.count { widths[position] = max(widths[position], Self.width(of: cells[row])) }
        }
      }
      return [
        TablePass(head: Self.header(names, widths)) { [widths] page, _ in
          Self.rows(of: page, columns: columns, renderer: renderer, widths: widths)
        }
      ]
    }
  }

  /// Characters, which are the bytes that do not continue one.
  private static func width(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
    return count
  }

  private static func header(_ names: [String], _ widths: [Int]) -> [UInt8] {
    guard !names.isEmpty else { return [] }
    var text = ""
    for (index, name) in names.enumerated() {
      if index > 0 { text += "|" }
      let rest = widths[index] - name.unicodeScalars.count
      text += String(repeating: " ", count: rest / 2) + name + String(repeating: " ", count: rest - rest / 2)
    }
    text += "\n" + widths.map { String(repeating: "-", count: $0) }.joined(separator: "+") + "\n"
    return Array(text.utf8)
  }

  private static func rows(of page: Page, columns: [Int], renderer: CellRenderer, widths: [Int]) -> [UInt8] {
    let cells = columns.map { renderer.render(page.columns[$0]) }
    let out = VectorBuilder<UInt8>(capacity: page.rowCount * (widths.reduce(1) { $0 + $1 + 1 }))
    for row in 0..<page.rowCount {
      for column in cells.indices {
        if column > 0 { out.append(UInt8(ascii: "|")) }
        let cell = cells[column][row]
        out.append(contentsOf: cell)
        out.append(repeating: UInt8(ascii: " "), count: max(0, widths[column] - width(of: cell)))
      }
      out.append(0x0A)
    }
    return Array(out.buffer)
  }
}
