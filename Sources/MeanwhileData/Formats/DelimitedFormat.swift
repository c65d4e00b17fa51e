import Meanwhile

/// Rows of fields between delimiters: CSV (RFC 4180) and TSV.
public struct DelimitedFormat: ResultFormat {
  /// How a field that holds special characters is written.
  enum Escaping: Sendable {
    /// In quotes, where it holds a quote, a line end or the delimiter; quotes inside are doubled.
    case quotes
    /// Line feeds and tabs as `\n` and `\t`, nothing else.
    case backslashes
  }

  public let name: String
  public let mediaTypes: [String]
  public let capabilities: ResultFormatCapabilities
  let delimiter: UInt8
  let rowEnd: [UInt8]
  let escaping: Escaping
  let baseContentType: String

  /// Rows end in CR LF.
  public static let csv = DelimitedFormat(
    name: "csv", mediaTypes: ["text/csv", "text/vnd.elasticsearch+csv"], capabilities: [.delimiter, .header], delimiter: UInt8(ascii: ","),
    rowEnd: [0x0D, 0x0A], escaping: .quotes, baseContentType: "text/csv; charset=utf-8")

  /// Rows end in LF.
  public static let tsv = DelimitedFormat(
    name: "tsv", mediaTypes: ["text/tab-separated-values", "text/vnd.elasticsearch+tab-separated-values"], capabilities: [],
    delimiter: 0x09, rowEnd: [0x0A], escaping: .backslashes, baseContentType: "text/tab-separated-values; charset=utf-8")

  public func contentType(_ options: ResultOptions) -> String {
    capabilities.contains(.header) ? "\(baseContentType); header=\(options.hasHeader ? "present" : "absent")" : baseContentType
  }

  public func response(_ document: ResultDocument, options: ResultOptions) -> EndpointResponse {
    EndpointResponse(headers: ["Content-Type": contentType(options)], body: .stream(stream(document, options: options)))
  }

  /// The row of names, where there is one, and the rows.
  public func stream(_ document: ResultDocument, options: ResultOptions = ResultOptions()) -> ChunkStream {
    ChunkStream(of: document.table) {
      let columns = try await document.columnIndices(options)
      let renderer = CellRenderer(style: .plain(null: ""), zone: options.zone)
      let delimiter = options.delimiter ?? self.delimiter
      let hasHeader = options.hasHeader || !capabilities.contains(.header)
      let names = columns.map { document.table.fields[$0].name }
      return [
        TablePass(head: hasHeader ? header(names, delimiter) : []) { page, _ in
          rows(of: page, columns: columns, renderer: renderer, delimiter: delimiter)
        }
      ]
    }
  }

  private func header(_ names: [String], _ delimiter: UInt8) -> [UInt8] {
    let out = VectorBuilder<UInt8>(capacity: 256)
    for (index, name) in names.enumerated() {
      if index > 0 { out.append(delimiter) }
      var name = name
      name.withUTF8 { append($0, delimiter, to: out) }
    }
    return Array(out.buffer) + rowEnd
  }

  private func rows(of page: Page, columns: [Int], renderer: CellRenderer, delimiter: UInt8) -> [UInt8] {
    let cells = columns.map { renderer.render(page.columns[$0]) }
    let out = VectorBuilder<UInt8>(capacity: cells.reduce(64) { $0 + $1.bytes.count + 2 * page.rowCount })
    for row in 0..<page.rowCount {
      for column in cells.indices {
        if column > 0 { out.append(delimiter) }
        append(cells[column][row], delimiter, to: out)
      }
      for byte in rowEnd { out.append(byte) }
    }
    return Array(out.buffer)
  }

  private func append(_ field: UnsafeBufferPointer<UInt8>, _ delimiter: UInt8, to out: VectorBuilder<UInt8>) {
    switch escaping {
    case .quotes:
      guard field.contains(where: { $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D || $0 == delimiter }) else {
        return out.append(contentsOf: field)
      }
      out.append(UInt8(ascii: "\""))
      for byte in field {
        if byte == UInt8(ascii: "\"") { out.append(byte) }
        out.append(byte)
      }
      out.append(UInt8(ascii: "\""))
    case .backslashes:
      for byte in field {
        switch byte {
        case 0x0A:
          out.append(UInt8(ascii: "\\"))
          out.append(UInt8(ascii: "n"))
        case 0x09:
          out.append(UInt8(ascii: "\\"))
          out.append(UInt8(ascii: "t"))
        default: out.append(byte)
        }
      }
    }
  }
}
