import MeanwhileData
import MeanwhileEngine

/// `value : ("a*", "b?")`, `value like ("a*", "b?")` and `value regex ("a.*", "b")`: whether a text fits one of several constant patterns.
enum PatternFunction {
  /// The registry's name.
  static func name(_ kind: EQLPatternKind, isInsensitive: Bool) -> String {
    EQLFunctions.prefix + (kind == .regex ? "regex" : "wildcard") + (isInsensitive ? "~" : "")
  }

  static func function(_ kind: EQLPatternKind, isInsensitive: Bool) -> ScalarFunction {
    ScalarFunction(
      name: name(kind, isInsensitive: isInsensitive),
      documentation: FunctionDocumentation(
        category: .eql, syntax: "\(kind == .regex ? "regex" : "wildcard")(source, pattern, …)",
        summary: "Whether a text fits one of several patterns.")
    ) { arguments throws(FunctionError) in
      var patterns: [TextPattern] = []
      for argument in arguments.dropFirst() {
        guard case .bytes(let bytes) = argument.constant else {
          throw FunctionError("a pattern must be a constant text, found value [\(argument.text)] type [\(argument.type.name)]")
        }
        patterns.append(try compile(String(decoding: bytes, as: UTF8.self), kind, isInsensitive: isInsensitive))
      }
      let compiled = patterns
      return ScalarFunction.Resolution(
        type: .boolean,
        kernel: .eager { columns, frame in
          DictionaryEvaluation.evaluate([columns[0]], rowCount: frame.rowCount) { evaluate($0, compiled, rowCount: $1) }
        })
    }
  }

  private static func compile(_ text: String, _ kind: EQLPatternKind, isInsensitive: Bool) throws(FunctionError) -> TextPattern {
    do {
      switch kind {
      case .regex: return try TextPattern.regexp(text, isCaseInsensitive: isInsensitive)
      case .colon, .like:
        // A backslash stands for itself in EQL, as paths of Windows are full of them.
        let escaped = text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
        return try TextPattern.wildcard(escaped, isCaseInsensitive: isInsensitive)
      }
    } catch {
      throw FunctionError("invalid pattern [\(text)]: \(error.reason)")
    }
  }

  private static func evaluate(_ columns: [Column], _ patterns: [TextPattern], rowCount: Int) -> Column {
    let result = ColumnBuilder(type: .boolean, capacity: rowCount)
    for row in 0..<rowCount {
      let arguments = RowArguments(columns: columns, row: row)
      guard !arguments.hasNull else {
        result.endRow(valueCount: 0)
        continue
      }
      let text = arguments.bytes(0)
      result.booleans.append(patterns.contains { $0.matches(text) } ? 1 : 0)
      result.endRow(valueCount: 1)
    }
    return result.finish()
  }
}
