import MeanwhileData
import MeanwhileEngine

/// EQL's functions of text. Positions count Unicode scalars from 0. A null argument makes a null result.
extension EQLFunctions {
  private typealias Bytes = UnsafeBufferPointer<UInt8>

  static let length = function(
    "length", [.string], result: .integer, syntax: "length(string)", summary: "The number of characters of a text."
  ) { arguments, result in
    result.longs.append(Int64(TextSearch.scalarCount(arguments.bytes(0))))
    return true
  }

  static let concat = function(
    "concat", [.string], repeatsLast: true, result: .keyword, syntax: "concat(value, …)",
    summary: "The values one behind the other, as text; null where one of them is null."
  ) { arguments, result in
    for index in 0..<arguments.count { result.bytes.bytes.append(contentsOf: arguments.bytes(index)) }
    result.bytes.endValue()
    return true
  }

  static let substring = function(
    "substring", [.string, .wholeNumber, .wholeNumber], result: .keyword, syntax: "substring(source, start[, end])",
    summary: "The text from a position up to, not including, another. Negative positions count from the end."
  ) { arguments, result in
    let source = arguments.bytes(0)
    let length = TextSearch.scalarCount(source)
    func position(_ index: Int) -> Int {
      let given = arguments.int(index)
      return given >= 0 ? min(given, length) : max(0, given + length)
    }
    let start = position(1)
    let end = arguments.count > 2 ? position(2) : length
    if start < end {
      let range = TextSearch.offset(ofScalar: start, in: source)..<TextSearch.offset(ofScalar: end, in: source)
      result.bytes.append(Bytes(rebasing: source[range]))
    } else {
      result.bytes.endValue()
    }
    return true
  }

  static let number = function(
    "number", [.string, .wholeNumber], result: .double, syntax: "number(string[, base])",
    summary: "The number that a text spells, by default in base 10, or 16 behind `0x`; null where it spells none."
  ) { arguments, result in
    let text = String(decoding: arguments.bytes(0), as: UTF8.self)
    guard let value = NumberReading.number(text, base: arguments.count > 1 ? arguments.int(1) : nil) else { return false }
    result.doubles.append(value)
    return true
  }

  static func startsWith(_ isInsensitive: Bool) -> ScalarFunction {
    test("startsWith", isInsensitive, "Whether a text begins with another.") { source, part in
      TextSearch.matches(part, in: source, at: 0, isInsensitive: isInsensitive)
    }
  }

  static func endsWith(_ isInsensitive: Bool) -> ScalarFunction {
    test("endsWith", isInsensitive, "Whether a text ends with another.") { source, part in
      TextSearch.matches(part, in: source, at: source.count - part.count, isInsensitive: isInsensitive)
    }
  }

  static func stringContains(_ isInsensitive: Bool) -> ScalarFunction {
    test("stringContains", isInsensitive, "Whether a text contains another.") { source, part in
      TextSearch.first(part, in: source, from: 0, isInsensitive: isInsensitive) != nil
    }
  }

  static func equals(_ isInsensitive: Bool) -> ScalarFunction {
    test("equals", isInsensitive, "Whether two texts are the same.") { left, right in
      left.count == right.count && TextSearch.matches(right, in: left, at: 0, isInsensitive: isInsensitive)
    }
  }

  private static func test(
    _ name: String, _ isInsensitive: Bool, _ summary: String, _ holds: @escaping @Sendable (Bytes, Bytes) -> Bool
  ) -> ScalarFunction {
    function(
      name, isInsensitive: isInsensitive, [.string, .string], result: .boolean, syntax: "\(name)(source, text)", summary: summary
    ) { arguments, result in
      result.booleans.append(Folding.pair(arguments.bytes(0), arguments.bytes(1), isInsensitive: isInsensitive, holds) ? 1 : 0)
      return true
    }
  }

  static func indexOf(_ isInsensitive: Bool) -> ScalarFunction {
    function(
      "indexOf", isInsensitive: isInsensitive, [.string, .string, .wholeNumber], result: .integer,
      syntax: "indexOf(source, text[, start])",
      summary: "Where a text first occurs in another, at or behind a position; null where it does not."
    ) { arguments, result in
      let start = arguments.count > 2 ? arguments.int(2) : 0
      let found: Int? = Folding.pair(arguments.bytes(0), arguments.bytes(1), isInsensitive: isInsensitive) { source, part in
        let from = TextSearch.offset(ofScalar: max(0, start), in: source)
        guard let offset = TextSearch.first(part, in: source, from: from, isInsensitive: isInsensitive) else { return nil }
        return TextSearch.scalarCount(Bytes(rebasing: source[..<offset]))
      }
      guard let found else { return false }
      result.longs.append(Int64(found))
      return true
    }
  }

  static func between(_ isInsensitive: Bool) -> ScalarFunction {
    function(
      "between", isInsensitive: isInsensitive, [.string, .string, .string, .boolean], result: .keyword,
      syntax: "between(source, left, right[, greedy])",
      summary:
        "What lies between two texts in another, up to the first or, greedily, the last one on the right: empty where they are not "
        + "there, the whole text where one of them is empty."
    ) { arguments, result in
      let source = arguments.bytes(0)
      let left = arguments.bytes(1)
      let right = arguments.bytes(2)
      let isGreedy = arguments.count > 3 && arguments.bool(3)
      guard !source.isEmpty, !left.isEmpty, !right.isEmpty else {
        result.bytes.append(source)
        return true
      }
      if let start = TextSearch.first(left, in: source, from: 0, isInsensitive: isInsensitive).map({ $0 + left.count }),
        start <= source.count,
        let end = isGreedy
          ? TextSearch.last(right, in: source, from: start, isInsensitive: isInsensitive)
          : TextSearch.first(right, in: source, from: start, isInsensitive: isInsensitive)
      {
        result.bytes.append(Bytes(rebasing: source[start..<end]))
      } else {
        result.bytes.endValue()
      }
      return true
    }
  }
}
