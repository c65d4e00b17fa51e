/// Reads Lucene's regular expressions. Operators, from the weakest: `|`, `&`, juxtaposition, repetition, `~`.
struct RegexpParser {
  private let scalars: [Unicode.Scalar]
  private var at = 0
  private var depth = 0

  /// How deep groups may nest, so that a pattern does not decide the stack's size.
  static let depthMax = 200
  /// The most a counted repetition may ask for.
  static let repetitionMax = 1_000

  init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

  mutating func parse() throws(TextPatternError) -> PatternNode {
    guard !scalars.isEmpty else { return .text("") }
    let node = try union()
    guard at == scalars.count else { throw .syntax(reason: "end-of-string expected at position \(at)") }
    return node
  }

  private func peek(_ expected: Unicode.Scalar) -> Bool { at < scalars.count && scalars[at] == expected }

  private mutating func skip(_ expected: Unicode.Scalar) -> Bool {
    guard peek(expected) else { return false }
    at += 1
    return true
  }

  private mutating func next() throws(TextPatternError) -> Unicode.Scalar {
    guard at < scalars.count else { throw .syntax(reason: "unexpected end-of-string") }
    at += 1
    return scalars[at - 1]
  }

  private mutating func union() throws(TextPatternError) -> PatternNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax else { throw .syntax(reason: "groups nested deeper than \(Self.depthMax) at position \(at)") }
    var choices = [try intersection()]
    while skip("|") { choices.append(try intersection()) }
    return choices.count == 1 ? choices[0] : .either(choices)
  }

  private mutating func intersection() throws(TextPatternError) -> PatternNode {
    var node = try sequence()
    while skip("&") { node = .both(node, try sequence()) }
    return node
  }

  private mutating func sequence() throws(TextPatternError) -> PatternNode {
    var nodes = [try repetition()]
    while at < scalars.count, !peek(")"), !peek("|"), !peek("&") { nodes.append(try repetition()) }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  private mutating func repetition() throws(TextPatternError) -> PatternNode {
    var node = try complement()
    while true {
      if skip("?") {
        node = .repeated(node, min: 0, max: 1)
      } else if skip("*") {
        node = .repeated(node, min: 0, max: nil)
      } else if skip("+") {
        node = .repeated(node, min: 1, max: nil)
      } else if skip("{") {
        let least = try number()
        var most: Int? = least
        if skip(",") { most = peek("}") ? nil : try number() }
        guard skip("}") else { throw .syntax(reason: "expected '}' at position \(at)") }
        if let most, most < least { throw .syntax(reason: "invalid repetition range(out of order): \(least)..\(most)") }
        node = .repeated(node, min: least, max: most)
      } else {
        return node
      }
    }
  }

  private mutating func number() throws(TextPatternError) -> Int {
    let start = at
    while at < scalars.count, scalars[at].value &- 0x30 < 10 { at += 1 }
    guard at > start else { throw .syntax(reason: "integer expected at position \(at)") }
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars[start..<at])
    guard let value = Int(text), value <= Self.repetitionMax else {
      throw .syntax(reason: "a repetition of more than \(Self.repetitionMax) at position \(start)")
    }
    return value
  }

  private mutating func complement() throws(TextPatternError) -> PatternNode {
    var isNegated = false
    while skip("~") { isNegated.toggle() }
    let node = try characterClass()
    return isNegated ? .complement(node) : node
  }

  private mutating func characterClass() throws(TextPatternError) -> PatternNode {
    guard skip("[") else { return try simple() }
    let isNegated = skip("^")
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    repeat {
      if peek("\\"), let predefined = predefinedClass() {
        ranges += predefined
        continue
      }
      let low = try character()
      guard skip("-") else {
        ranges.append(low...low)
        continue
      }
      // A minus before the end is itself.
      if peek("]") {
        ranges += [low...low, "-"..."-"]
        continue
      }
      let high = try character()
      guard low <= high else { throw .syntax(reason: "invalid range: from (\(low.value)) cannot be > to (\(high.value))") }
      ranges.append(low...high)
    } while at < scalars.count && !peek("]")
    guard skip("]") else { throw .syntax(reason: "expected ']' at position \(at)") }
    return .characters(ranges, isNegated: isNegated)
  }

  private mutating func simple() throws(TextPatternError) -> PatternNode {
    if skip(".") { return .anyCharacter }
    if skip("#") { return .nothing }
    if skip("@") { return .anyText }
    if skip("\"") {
      var text = String.UnicodeScalarView()
      while at < scalars.count, !peek("\"") { text.append(try next()) }
      guard skip("\"") else { throw .syntax(reason: "expected '\"' at position \(at)") }
      return .text(String(text))
    }
    if skip("(") {
      if skip(")") { return .text("") }
      let node = try union()
      guard skip(")") else { throw .syntax(reason: "expected ')' at position \(at)") }
      return node
    }
    if peek("<") { throw .syntax(reason: "numeric intervals are not supported; found one at position \(at)") }
    if peek("\\"), let ranges = predefinedClass() { return .characters(ranges, isNegated: false) }
    return .text(String(String.UnicodeScalarView([try character()])))
  }

  /// `\d \D \s \S \w \W`; nil, and nothing read, for any other escape.
  private mutating func predefinedClass() -> [ClosedRange<Unicode.Scalar>]? {
    guard at + 1 < scalars.count, let ranges = Self.predefined[scalars[at + 1]] else { return nil }
    at += 2
    return ranges
  }

  private static let predefined: [Unicode.Scalar: [ClosedRange<Unicode.Scalar>]] = {
    let digits: [ClosedRange<Unicode.Scalar>] = ["0"..."9"]
    let spaces: [ClosedRange<Unicode.Scalar>] = ["\t"..."\n", "\r"..."\r", " "..." "]
    let words: [ClosedRange<Unicode.Scalar>] = ["0"..."9", "A"..."Z", "_"..."_", "a"..."z"]
    return [
      "d": digits, "s": spaces, "w": words, "D": AutomatonBuilder.inverted(digits), "S": AutomatonBuilder.inverted(spaces),
      "W": AutomatonBuilder.inverted(words),
    ]
  }()

  private mutating func character() throws(TextPatternError) -> Unicode.Scalar {
    _ = skip("\\")
    return try next()
  }
}
