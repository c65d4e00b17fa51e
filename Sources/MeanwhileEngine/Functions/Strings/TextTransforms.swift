import MeanwhileData

/// Functions from one text to another.
extension ScalarFunction {
  static let toLower = transform("to_lower", "The string in lower case.", example: .init("ROW x = TO_LOWER(\"Some\")", "some")) {
    text, out in
    appendCased(text, to: out, isLower: true)
  }

  static let toUpper = transform("to_upper", "The string in upper case.", example: .init("ROW x = TO_UPPER(\"Some\")", "SOME")) {
    text, out in
    appendCased(text, to: out, isLower: false)
  }

  static let trim = transform(
    "trim", "The string without white space at both ends.", example: .init("ROW x = CONCAT(TRIM(\"  a \"), \"!\")", "a!")
  ) { text, out in
    out.append(contentsOf: trimmed(text, start: true, end: true))
  }

  static let ltrim = transform(
    "ltrim", "The string without white space at its start.", example: .init("ROW x = LTRIM(\"  a\")", "a")
  ) { text, out in
    out.append(contentsOf: trimmed(text, start: true, end: false))
  }

  static let rtrim = transform(
    "rtrim", "The string without white space at its end.", example: .init("ROW x = CONCAT(RTRIM(\"a \"), \"!\")", "a!")
  ) { text, out in
    out.append(contentsOf: trimmed(text, start: false, end: true))
  }

  static let reverse = transform("reverse", "The characters in reverse.", example: .init("ROW x = REVERSE(\"añb\")", "bña")) { text, out in
    // Graphemes stay whole, as in Elasticsearch.
    for character in String(decoding: text, as: UTF8.self).reversed() { for byte in character.utf8 { out.append(byte) } }
  }

  private static func transform(
    _ name: String, _ summary: String, example: FunctionDocumentation.Example,
    _ body: @escaping @Sendable (UnsafeBufferPointer<UInt8>, VectorBuilder<UInt8>) -> Void
  ) -> ScalarFunction {
    declare(
      name, FunctionDocumentation(category: .string, syntax: "\(name.uppercased())(string)", summary: summary, examples: [example]),
      count: 1...1,
      [.string], result: { _ in .keyword }
    ) { _, _ throws(FunctionError) in
      let cache = DictionaryCache<DictionaryMapping>()
      return { columns, frame in
        frame.mapText(columns[0], type: .keyword, cache: cache) { text, out in
          body(text, out)
          return true
        }
      }
    }
  }

  private static func appendCased(_ text: UnsafeBufferPointer<UInt8>, to out: VectorBuilder<UInt8>, isLower: Bool) {
    if !text.contains(where: { $0 >= 0x80 }) {
      let first: UInt8 = isLower ? 0x41 : 0x61
      for byte in text { out.append(byte &- first < 26 ? byte ^ 0x20 : byte) }
      return
    }
    let string = String(decoding: text, as: UTF8.self)
    for byte in (isLower ? string.lowercased() : string.uppercased()).utf8 { out.append(byte) }
  }

  private static func trimmed(_ text: UnsafeBufferPointer<UInt8>, start trimsStart: Bool, end trimsEnd: Bool) -> UnsafeBufferPointer<UInt8>
  {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte >= 0x09 && byte <= 0x0D || byte >= 0x1C && byte <= 0x1F }
    var start = 0
    var end = text.count
    while trimsStart, start < end, isSpace(text[start]) { start += 1 }
    while trimsEnd, end > start, isSpace(text[end - 1]) { end -= 1 }
    return text.part(start, end - start)
  }

  // MARK: - Parts

  static let substring = declare(
    "substring",
    FunctionDocumentation(
      category: .string, syntax: "SUBSTRING(string, start, [length])",
      summary: "Part of a string, from a place that counts from 1, or from the end where it is negative.",
      examples: [.init("ROW x = SUBSTRING(\"foobar\", 4, 2)", "ba"), .init("ROW x = SUBSTRING(\"foobar\", -3)", "bar")]), count: 2...3,
    [.string, .integer], result: { _ in .keyword }
  ) { _, _ throws(FunctionError) in
    part { text, numbers throws(EvaluationFailure) in
      let length = numbers.count > 1 ? Int(numbers[1]) : Int.max
      if length < 0 { throw EvaluationFailure(illegalArgument: "Length parameter cannot be negative, found [\(length)]") }
      let count = text.codePointCount
      let start = Int(numbers[0])
      let first = start > 0 ? min(start - 1, count) : start < 0 ? max(0, count + start) : 0
      return first..<(length > count - first ? count : first + length)
    }
  }

  static let left = declare(
    "left",
    FunctionDocumentation(
      category: .string, syntax: "LEFT(string, length)", summary: "The first characters of a string.",
      examples: [.init("ROW x = LEFT(\"foobar\", 3)", "foo")]), count: 2...2, [.string, .integer], result: { _ in .keyword }
  ) { _, _ throws(FunctionError) in
    part { text, numbers throws(EvaluationFailure) in 0..<max(0, min(Int(numbers[0]), text.codePointCount)) }
  }

  static let right = declare(
    "right",
    FunctionDocumentation(
      category: .string, syntax: "RIGHT(string, length)", summary: "The last characters of a string.",
      examples: [.init("ROW x = RIGHT(\"foobar\", 3)", "bar")]), count: 2...2, [.string, .integer], result: { _ in .keyword }
  ) { _, _ throws(FunctionError) in
    part { text, numbers throws(EvaluationFailure) in
      let count = text.codePointCount
      return (count - max(0, min(Int(numbers[0]), count)))..<count
    }
  }

  /// A run of characters of a text, chosen by whole numbers; once a dictionary entry where these are constant.
  private static func part(
    _ choose: @escaping @Sendable (_ text: UnsafeBufferPointer<UInt8>, _ numbers: [Int64]) throws(EvaluationFailure) -> Range<Int>
  ) -> @Sendable ([Column], EvaluationFrame) throws -> Column {
    let cache = DictionaryCache<DictionaryMapping>()
    @Sendable func append(_ text: UnsafeBufferPointer<UInt8>, _ numbers: [Int64], _ out: VectorBuilder<UInt8>) throws(EvaluationFailure) {
      let range = try choose(text, numbers)
      let start = text.byteOffset(ofCodePoint: range.lowerBound)
      let rest = UnsafeBufferPointer(rebasing: text[start...])
      out.append(contentsOf: rest.part(0, rest.byteOffset(ofCodePoint: range.count)))
    }
    return { columns, frame in
      var numbers: [Cells<Int64>] = []
      for column in columns.dropFirst() {
        guard let cells = frame.cells(column, of: Int64.self) else { return .nulls(.keyword, rowCount: frame.rowCount) }
        numbers.append(cells)
      }
      let constants = numbers.map(\.vector[0])
      if !columns[0].isConstant, numbers.allSatisfy(\.isConstant), constants.count < 2 || constants[1] >= 0 {
        return frame.mapText(columns[0], type: .keyword, cache: cache) { text, out in (try? append(text, constants, out)) != nil }
      }
      guard let text = frame.bytes(columns[0]) else { return .nulls(.keyword, rowCount: frame.rowCount) }
      let nulls = numbers.reduce(text.nulls) { EvaluationFrame.union($0, $1.nulls) }
      let rows = RowSet(nulls: nulls, isConstant: text.isConstant && numbers.allSatisfy(\.isConstant), of: frame)
      return frame.makeBytes(rows, type: .keyword) { row, out throws(EvaluationFailure) in
        try append(text[row], numbers.map { $0[row] }, out)
        return true
      }
    }
  }
}
