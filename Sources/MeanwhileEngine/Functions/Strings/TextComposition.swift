import MeanwhileData

/// Functions that make a text of several arguments, or several texts of one.
extension ScalarFunction {
  static let concat = declare(
    "concat",
    FunctionDocumentation(
      category: .string, syntax: "CONCAT(string, string, …)", summary: "Strings one after another.",
      examples: [.init("ROW x = CONCAT(\"foo\", \"-\", \"bar\")", "foo-bar")]), count: 2...Int.max, [.string], result: { _ in .keyword }
  ) { _, _ throws(FunctionError) in
    let cache = CombinationCache()
    return { columns, frame in
      guard let (cells, nulls, isConstant) = frame.allBytes(columns) else { return .nulls(.keyword, rowCount: frame.rowCount) }
      if !isConstant {
        let combined = cache.column(cells, nulls: nulls, type: .keyword, rowCount: frame.rowCount) { choice, out in
          for (part, entry) in zip(cells, choice) { out.append(contentsOf: part.values[entry]) }
          return out.count <= textByteCountMax
        }
        if let combined { return combined }
      }
      return frame.makeBytes(RowSet(nulls: nulls, isConstant: isConstant, of: frame), type: .keyword) {
        row, out throws(EvaluationFailure) in
        let start = out.count
        for part in cells { out.append(contentsOf: part[row]) }
        if out.count - start > textByteCountMax {
          throw EvaluationFailure(illegalArgument: "concatenating more than [\(textByteCountMax)] bytes is not supported")
        }
        return true
      }
    }
  }

  static let split = declare(
    "split",
    FunctionDocumentation(
      category: .string, syntax: "SPLIT(string, delimiter)", summary: "The parts of a string between delimiters.",
      examples: [.init("ROW x = SPLIT(\"foo;bar\", \";\")", "[foo, bar]")]), count: 2...2, [.string], result: { _ in .keyword }
  ) { _, _ throws(FunctionError) in
    { columns, frame in
      guard let (cells, nulls, isConstant) = frame.allBytes(columns) else { return .nulls(.keyword, rowCount: frame.rowCount) }
      let builder = ColumnBuilder(type: .keyword, capacity: frame.rowCount)
      for row in 0..<(isConstant ? 1 : frame.rowCount) {
        if nulls.map({ $0[row] }) ?? false {
          builder.appendNull()
          continue
        }
        let (text, delimiter) = (cells[0][row], cells[1][row])
        var start = 0
        var parts = 1
        while delimiter.count > 0, let end = text.firstOffset(of: delimiter, from: start) {
          builder.bytes.append(text.part(start, end - start))
          start = end + delimiter.count
          parts += 1
        }
        builder.bytes.append(text.part(start, text.count - start))
        builder.endRow(valueCount: parts)
      }
      return builder.finish(isConstant: isConstant, rowCount: frame.rowCount)
    }
  }
}

extension ColumnBuilder {
  /// The column, or one row of it that stands for all.
  func finish(isConstant: Bool, rowCount: Int) -> Column {
    var column = finish()
    if isConstant {
      column.isConstant = !column.isAllNull
      column.rowCount = rowCount
      column.nulls = nil
    }
    return column
  }
}
