import MeanwhileData

/// Functions that repeat text.
extension ScalarFunction {
  /// Bytes that one result may have (Elasticsearch's limit).
  static let textByteCountMax = 1 << 20

  static let repeated = declare(
    "repeat",
    FunctionDocumentation(
      category: .string, syntax: "REPEAT(string, number)", summary: "A string several times over.",
      examples: [.init("ROW x = REPEAT(\"ab\", 3)", "ababab")]), count: 2...2, [.string, .integer], result: { _ in .keyword }
  ) { _, _ throws(FunctionError) in
    { columns, frame in
      let columns = columns.map(frame.single)
      let counts = frame.cells(columns[1], of: Int64.self)
      guard let text = frame.bytes(columns[0]), let counts, let rows = frame.rows(of: columns) else {
        return .nulls(.keyword, rowCount: frame.rowCount)
      }
      return frame.makeBytes(rows, type: .keyword) { row, out throws(EvaluationFailure) in
        let (value, count) = (text[row], counts[row])
        if count < 0 { throw EvaluationFailure(illegalArgument: "Number parameter cannot be negative, found [\(count)]") }
        let (size, overflow) = Int64(value.count).multipliedReportingOverflow(by: count)
        if overflow || size > textByteCountMax {
          throw EvaluationFailure(illegalArgument: "Creating repeated strings with more than [\(textByteCountMax)] bytes is not supported")
        }
        if size > 0 { for _ in 0..<count { out.append(contentsOf: value) } }
        return true
      }
    }
  }

  static let space = declare(
    "space",
    FunctionDocumentation(
      category: .string, syntax: "SPACE(number)", summary: "A string of so many spaces.",
      examples: [.init("ROW x = CONCAT(\"a\", SPACE(2), \"b\")", "a  b")]), count: 1...1, [.integer], result: { _ in .keyword }
  ) { _, _ throws(FunctionError) in
    { columns, frame in
      let column = frame.single(columns[0])
      guard let counts = frame.cells(column, of: Int64.self), let rows = frame.rows(of: [column]) else {
        return .nulls(.keyword, rowCount: frame.rowCount)
      }
      return frame.makeBytes(rows, type: .keyword) { row, out throws(EvaluationFailure) in
        let count = counts[row]
        if count < 0 { throw EvaluationFailure(illegalArgument: "Number parameter cannot be negative, found [\(count)]") }
        if count > textByteCountMax {
          throw EvaluationFailure(illegalArgument: "Creating strings longer than [\(textByteCountMax)] bytes is not supported")
        }
        out.append(repeating: 0x20, count: Int(count))
        return true
      }
    }
  }
}
