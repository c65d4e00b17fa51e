import MeanwhileData

/// Functions from a text to a number, and predicates over two texts.
extension ScalarFunction {
  static let length = measure(
    "length", "The number of characters.", example: .init("ROW n = LENGTH(\"añb\")", "3")
  ) { Int64($0.codePointCount) }

  static let byteLength = measure(
    "byte_length", "The number of bytes in UTF-8.", example: .init("ROW n = BYTE_LENGTH(\"añb\")", "4")
  ) { Int64($0.count) }

  static let bitLength = measure(
    "bit_length", "The number of bits in UTF-8.", example: .init("ROW n = BIT_LENGTH(\"ab\")", "16")
  ) { Int64($0.count) * 8 }

  private static func measure(
    _ name: String, _ summary: String, example: FunctionDocumentation.Example,
    _ body: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> Int64
  ) -> ScalarFunction {
    declare(
      name, FunctionDocumentation(category: .string, syntax: "\(name.uppercased())(string)", summary: summary, examples: [example]),
      count: 1...1,
      [.string], result: { _ in .integer }
    ) { _, _ throws(FunctionError) in
      let cache = DictionaryCache<Vector<Int64>>()
      return { columns, frame in frame.mapBytes(columns[0], cache: cache, type: .integer, body) }
    }
  }

  static let startsWith = predicate(
    "starts_with", "Whether a string begins with another.", example: .init("ROW x = STARTS_WITH(\"foobar\", \"foo\")", "true")
  ) { $0.hasPrefix($1) }

  static let endsWith = predicate(
    "ends_with", "Whether a string ends with another.", example: .init("ROW x = ENDS_WITH(\"foobar\", \"bar\")", "true")
  ) { $0.hasSuffix($1) }

  static let contains = predicate(
    "contains", "Whether a string has another within.", example: .init("ROW x = CONTAINS(\"foobar\", \"ob\")", "true")
  ) { $0.firstOffset(of: $1) != nil }

  private static func predicate(
    _ name: String, _ summary: String, example: FunctionDocumentation.Example,
    _ body: @escaping @Sendable (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Bool
  ) -> ScalarFunction {
    declare(
      name, FunctionDocumentation(category: .string, syntax: "\(name.uppercased())(string, other)", summary: summary, examples: [example]),
      count: 2...2, [.string], result: { _ in .boolean }
    ) { _, _ throws(FunctionError) in
      let cache = DictionaryCache<Vector<UInt8>>()
      return { columns, frame in
        if columns[1].isConstant, !columns[0].isConstant, let other = frame.bytes(columns[1]) {
          let constant = other[0]
          return frame.mapBytes(columns[0], cache: cache, type: .boolean) { body($0, constant) ? 1 : 0 }
        }
        return frame.zipBytes(columns[0], columns[1], type: .boolean) { body($0, $1) ? 1 : 0 as UInt8 }
      }
    }
  }

  static let locate = declare(
    "locate",
    FunctionDocumentation(
      category: .string, syntax: "LOCATE(string, substring, [start])",
      summary: "The place of the first occurrence of a string within another, from 1; 0 where there is none.",
      examples: [.init("ROW x = LOCATE(\"hello\", \"ll\")", "3")]), count: 2...3, [.string, .string, .integer], result: { _ in .integer }
  ) { _, _ throws(FunctionError) in
    { columns, frame in
      let starts = columns.count > 2 ? frame.cells(columns[2], of: Int64.self) : nil
      guard let (cells, nulls, isConstant) = frame.allBytes(Array(columns.prefix(2))), columns.count < 3 || starts != nil else {
        return .nulls(.integer, rowCount: frame.rowCount)
      }
      let rows = RowSet(
        nulls: EvaluationFrame.union(nulls, starts?.nulls), isConstant: isConstant && starts?.isConstant ?? true, of: frame)
      return frame.makeFixed(rows, type: .integer) { row throws(EvaluationFailure) -> Int64? in
        let text = cells[0][row]
        let first = text.byteOffset(ofCodePoint: max(0, Int(starts?[row] ?? 1) - 1))
        guard let offset = text.firstOffset(of: cells[1][row], from: first) else { return 0 }
        return Int64(text.part(0, offset).codePointCount + 1)
      }
    }
  }
}
