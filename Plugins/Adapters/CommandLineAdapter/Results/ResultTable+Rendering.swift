#if CLI
import Meanwhile

extension ResultTable {
  /// - Parameter cellWidthMax: the most characters that a cell of a ``OutputFormat/table`` takes; nil shows all.
  func rendered(as format: OutputFormat, cellWidthMax: Int?) -> String {
    switch format {
    case .csv: lines(joinedBy: ",", end: "\r\n", Self.csvCell)
    case .tsv: lines(joinedBy: "\t", end: "\n", Self.tsvCell)
    case .table, .json: aligned(cellWidthMax: cellWidthMax)
    }
  }

  private func lines(joinedBy separator: String, end: String, _ cell: (String) -> String) -> String {
    var text = columns.map(cell).joined(separator: separator) + end
    for row in rows { text += row.map { cell(Self.text($0)) }.joined(separator: separator) + end }
    return text
  }

  private static func csvCell(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains($0) }
    guard needsQuotes else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  private static func tsvCell(_ text: String) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\t": escaped += "\\t"
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      case "\\": escaped += "\\\\"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }

  /// Columns side by side under their names; numbers stand to the right.
  private func aligned(cellWidthMax: Int?) -> String {
    let cells = rows.map { row in row.map { Self.fitted(Self.text($0), to: cellWidthMax) } }
    let isNumeric = columns.indices.map { index in
      rows.contains { index < $0.count && !$0[index].isNull }
        && rows.allSatisfy { index >= $0.count || $0[index].isNull || $0[index].double != nil }
    }
    let widths = columns.indices.map { index in
      cells.reduce(columns[index].count) { index < $1.count ? max($0, $1[index].count) : $0 }
    }
    func line(_ row: [String], rightAligned: [Bool]) -> String {
      let padded = row.indices.map { index in
        let blanks = String(repeating: " ", count: max(0, widths[index] - row[index].count))
        return rightAligned[index] ? blanks + row[index] : row[index] + blanks
      }
      var text = padded.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      return text + "\n"
    }
    var text = line(columns, rightAligned: isNumeric)
    text += widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ") + "\n"
    for row in cells { text += line(Array(row.prefix(widths.count)), rightAligned: isNumeric) }
    return text
  }

  /// A cell's text. Several values stand side by side; what has structure stays JSON.
  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .null: ""
    case .string(let text): text
    case .array(let values) where values.allSatisfy({ $0.array == nil && $0.object == nil }):
      "[" + values.map(text).joined(separator: ", ") + "]"
    default: value.text()
    }
  }

  /// One line of at most so many characters, and nothing in it that a terminal would obey.
  private static func fitted(_ text: String, to widthMax: Int?) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": safe += "\\n"
      case "\r": safe += "\\r"
      case "\t": safe += "\\t"
      case _ where scalar.properties.generalCategory == .control: safe += "\u{FFFD}"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    guard let widthMax, safe.count > widthMax else { return safe }
    return safe.prefix(widthMax - 1) + "…"
  }
}
#endif
