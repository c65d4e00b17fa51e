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
        type: .boolean, kernel: .eager { columns, frame in evaluate(columns[0], compiled, rowCount: frame.rowCount) })
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

  private static func evaluate(_ column: Column, _ patterns: [TextPattern], rowCount: Int) -> Column {
    let result = ColumnBuilder(type: .boolean, capacity: rowCount)
    var verdicts = DictionaryVerdicts(column, rowCount: rowCount)
    for row in 0..<rowCount {
      let slots = column.slots(ofRow: row)
      guard slots.count == 1 else {
        result.endRow(valueCount: 0)
        continue
      }
      let holds: Bool
      switch column.values {
      case .bytes(let values):
        let text = values[slots.lowerBound]
        holds = patterns.contains { $0.matches(text) }
      case .ordinals(let ordinals, let dictionary, _):
        holds = verdicts.verdict(ordinals[slots.lowerBound]) { ordinal in
          let text = dictionary[Int(ordinal)]
          return patterns.contains { $0.matches(text) }
        }
      default: holds = false
      }
      result.booleans.append(holds ? 1 : 0)
      result.endRow(valueCount: 1)
    }
    return result.finish()
  }
}

/// Remembers what was found for words of a dictionary, where the dictionary is not much larger than the batch.
private struct DictionaryVerdicts {
  private var known: [UInt8]

  init(_ column: Column, rowCount: Int) {
    if case .ordinals(_, let dictionary, _) = column.values, dictionary.count <= rowCount * 4 {
      known = [UInt8](repeating: 0, count: dictionary.count)
    } else {
      known = []
    }
  }

  mutating func verdict(_ ordinal: UInt32, _ compute: (UInt32) -> Bool) -> Bool {
    let index = Int(ordinal)
    guard index < known.count else { return compute(ordinal) }
    if known[index] == 0 { known[index] = compute(ordinal) ? 2 : 1 }
    return known[index] == 2
  }
}
