import MeanwhileData
import MeanwhileEngine

/// `value : ("a*", "b?")` and `value like ("a*", "b?")`: whether a text fits one of several wildcard patterns, which are constants.
enum WildcardFunction {
  static func name(isInsensitive: Bool) -> String { EQLFunctions.prefix + "wildcard" + (isInsensitive ? "~" : "") }

  static func function(_ isInsensitive: Bool) -> ScalarFunction {
    ScalarFunction(
      name: name(isInsensitive: isInsensitive),
      documentation: FunctionDocumentation(
        category: .eql, syntax: "wildcard(source, pattern, …)", summary: "Whether a text fits one of several wildcard patterns.")
    ) { arguments throws(FunctionError) in
      guard let value = arguments.first, value.type.isString || value.type == .null else {
        let found = arguments.first.map { "found value [\($0.text)] type [\($0.type.name)]" } ?? "found nothing"
        throw FunctionError("first argument of [\(isInsensitive ? "like~" : "like")] must be [string], \(found)")
      }
      var patterns: [WildcardPattern] = []
      for argument in arguments.dropFirst() {
        guard case .bytes(let bytes) = argument.constant else {
          throw FunctionError("a pattern must be a constant text, found value [\(argument.text)] type [\(argument.type.name)]")
        }
        patterns.append(WildcardPattern(String(decoding: bytes, as: UTF8.self), isInsensitive: isInsensitive))
      }
      let compiled = patterns
      return ScalarFunction.Resolution(
        type: .boolean, kernel: .eager { columns, frame in evaluate(columns[0], compiled, rowCount: frame.rowCount) })
    }
  }

  private static func evaluate(_ column: Column, _ patterns: [WildcardPattern], rowCount: Int) -> Column {
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
