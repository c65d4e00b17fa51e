import MeanwhileData

extension ScalarFunction {
  static let replace = declare(
    "replace",
    FunctionDocumentation(
      category: .string, syntax: "REPLACE(string, regex, newString)",
      summary: "A string in which what matches a regular expression is replaced. `$1` stands for what the first group matched.",
      examples: [.init("ROW x = REPLACE(\"Hello World\", \"World\", \"Universe\")", "Hello Universe")]), count: 3...3, [.string],
    result: { _ in .keyword }
  ) { arguments, _ throws(FunctionError) in
    var fixed: CapturePattern?
    if case .bytes(let bytes)? = arguments[1].constant {
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(CapturePatternError) {
        fixed = try CapturePattern(text)
      } catch {
        throw FunctionError("invalid regular expression for [", quotingCall: "]: \(error.reason)")
      }
    }
    return { [fixed] columns, frame in
      guard let (cells, nulls, isConstant) = frame.allBytes(columns) else { return .nulls(.keyword, rowCount: frame.rowCount) }
      return frame.makeBytes(RowSet(nulls: nulls, isConstant: isConstant, of: frame), type: .keyword) {
        row, out throws(EvaluationFailure) in
        let pattern: CapturePattern
        if let fixed { pattern = fixed } else { pattern = try compiled(cells[1][row]) }
        try replaceAll(pattern, in: cells[0][row], by: cells[2][row], out)
        return true
      }
    }
  }

  private static func compiled(_ bytes: UnsafeBufferPointer<UInt8>) throws(EvaluationFailure) -> CapturePattern {
    do throws(CapturePatternError) {
      return try CapturePattern(String(decoding: bytes, as: UTF8.self))
    } catch {
      throw EvaluationFailure("java.util.regex.PatternSyntaxException: \(error.reason)")
    }
  }

  private static func replaceAll(
    _ pattern: CapturePattern, in text: UnsafeBufferPointer<UInt8>, by replacement: UnsafeBufferPointer<UInt8>, _ out: VectorBuilder<UInt8>
  ) throws(EvaluationFailure) {
    let start = out.count
    var at = 0
    var search = 0
    while search <= text.count, let match = try pattern.firstMatch(in: text, from: search), let found = match.range(of: 0) {
      out.append(contentsOf: text.part(at, found.lowerBound - at))
      try append(replacement, match, text, groupCount: pattern.groupCount, out)
      at = found.upperBound
      // An empty match goes on behind the next character.
      search = found.isEmpty ? found.upperBound + 1 : found.upperBound
      while found.isEmpty, search < text.count, text[search] & 0xC0 == 0x80 { search += 1 }
      if out.count - start > textByteCountMax {
        throw EvaluationFailure(illegalArgument: "Creating strings with more than [\(textByteCountMax)] bytes is not supported")
      }
    }
    out.append(contentsOf: text.part(at, text.count - at))
  }

  /// The replacement, its `$1` replaced by what the groups matched.
  private static func append(
    _ replacement: UnsafeBufferPointer<UInt8>, _ match: CapturePattern.Match, _ text: UnsafeBufferPointer<UInt8>, groupCount: Int,
    _ out: VectorBuilder<UInt8>
  ) throws(EvaluationFailure) {
    var at = 0
    while at < replacement.count {
      let byte = replacement[at]
      at += 1
      if byte == UInt8(ascii: "\\"), at < replacement.count {
        out.append(replacement[at])
        at += 1
      } else if byte == UInt8(ascii: "$") {
        var group: Int?
        while at < replacement.count, replacement[at] >= 0x30, replacement[at] <= 0x39 {
          let wider = (group ?? 0) * 10 + Int(replacement[at] - 0x30)
          guard group == nil || wider < groupCount else { break }
          group = wider
          at += 1
        }
        guard let group else { throw EvaluationFailure(illegalArgument: "Illegal group reference") }
        guard group < groupCount else { throw EvaluationFailure("java.lang.IndexOutOfBoundsException: No group \(group)") }
        if let range = match.range(of: group) { out.append(contentsOf: text.part(range.lowerBound, range.count)) }
      } else {
        out.append(byte)
      }
    }
  }
}
