/// What is wrong with a pattern.
public enum TextPatternError: Error, Sendable, Hashable {
  /// The pattern is not written correctly; in the words of Lucene's `RegExp`.
  case syntax(reason: String)
  /// The automaton would grow past its limit (Elasticsearch's `too_complex_to_determinize_exception`).
  case tooComplex(pattern: String)

  public var reason: String {
    switch self {
    case .syntax(let reason): reason
    case .tooComplex(let pattern):
      "Determinizing automaton of [\(pattern)] would result in more than \(ByteAutomaton.stateCountMax) states."
    }
  }
}

/// A compiled LIKE, wildcard, prefix or regular-expression pattern over UTF-8 bytes. Matching takes one step a byte and never backtracks, whatever the pattern.
///
/// Patterns of the shapes `text`, `text*`, `*text` and `*text*` are compared directly; the others run a deterministic automaton.
public struct TextPattern: Sendable {
  enum Matcher: Sendable {
    case everything
    case exact(Vector<UInt8>)
    case prefix(Vector<UInt8>)
    case suffix(Vector<UInt8>)
    case infix(Vector<UInt8>)
    case automaton(ByteAutomaton)
  }

  /// As it was written.
  public let pattern: String
  let matcher: Matcher

  /// A pattern in which `*` stands for any text, `?` for any one character, and a backslash makes the next character itself.
  ///
  /// - Throws: ``TextPatternError/tooComplex(pattern:)``.
  public static func wildcard(_ pattern: String, isCaseInsensitive: Bool = false) throws(TextPatternError) -> TextPattern {
    let pieces = WildcardPiece.pieces(of: pattern)
    if !isCaseInsensitive || pieces.allSatisfy(\.isCaseless), let matcher = direct(pieces) {
      return TextPattern(pattern: pattern, matcher: matcher)
    }
    let nodes = pieces.map { piece -> PatternNode in
      switch piece {
      case .anyText: .anyText
      case .anyCharacter: .anyCharacter
      case .text(let text): .text(text)
      }
    }
    return TextPattern(pattern: pattern, matcher: .automaton(try compile(.sequence(nodes), of: pattern, isCaseInsensitive)))
  }

  /// A regular expression in Lucene's syntax: `.` `?` `*` `+` `{n,m}` `|` `(…)` `[a-z]` `[^…]` `"…"` `@` `#` `~` `&` `\d` `\w` `\s`. It must match
  /// the whole text. Numeric intervals (`<1-9>`) are not taken.
  public static func regexp(_ pattern: String, isCaseInsensitive: Bool = false) throws(TextPatternError) -> TextPattern {
    var parser = RegexpParser(pattern)
    let node = try parser.parse()
    return TextPattern(pattern: pattern, matcher: .automaton(try compile(node, of: pattern, isCaseInsensitive)))
  }

  /// Texts that begin with `text`.
  public static func prefix(_ text: String, isCaseInsensitive: Bool = false) throws(TextPatternError) -> TextPattern {
    if !isCaseInsensitive { return TextPattern(pattern: text, matcher: .prefix(Vector(Array(text.utf8)))) }
    return TextPattern(pattern: text, matcher: .automaton(try compile(.sequence([.text(text), .anyText]), of: text, true)))
  }

  /// Texts that are `text`.
  public static func exact(_ text: String, isCaseInsensitive: Bool = false) throws(TextPatternError) -> TextPattern {
    if !isCaseInsensitive { return TextPattern(pattern: text, matcher: .exact(Vector(Array(text.utf8)))) }
    return TextPattern(pattern: text, matcher: .automaton(try compile(.text(text), of: text, true)))
  }

  /// Whether the whole text fits.
  public func matches(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    switch matcher {
    case .everything: true
    case .exact(let text): utf8.count == text.count && Self.equal(utf8, at: 0, text)
    case .prefix(let text): utf8.count >= text.count && Self.equal(utf8, at: 0, text)
    case .suffix(let text): utf8.count >= text.count && Self.equal(utf8, at: utf8.count - text.count, text)
    case .infix(let text): Self.contains(utf8, text)
    case .automaton(let automaton): automaton.matches(utf8)
    }
  }

  public func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches($0) }
  }

  /// Whether every text fits, so that only null does not.
  public var matchesEverything: Bool { if case .everything = matcher { true } else { false } }

  /// The one text that fits, if the pattern is no more than that.
  public var exactText: [UInt8]? { if case .exact(let text) = matcher { Array(text.buffer) } else { nil } }

  /// What every text that fits begins with, to skip by in a sorted dictionary; may be empty.
  public var literalPrefix: [UInt8] {
    switch matcher {
    case .exact(let text), .prefix(let text): Array(text.buffer)
    case .automaton(let automaton): automaton.literalPrefix
    case .everything, .suffix, .infix: []
    }
  }

  // MARK: Direct comparison

  private static func direct(_ pieces: [WildcardPiece]) -> Matcher? {
    switch pieces.count {
    case 0: return .exact(.empty)
    case 1:
      if case .text(let text) = pieces[0] { return .exact(Vector(Array(text.utf8))) }
      return pieces[0] == .anyText ? .everything : nil
    case 2:
      if case .text(let text) = pieces[0], pieces[1] == .anyText { return .prefix(Vector(Array(text.utf8))) }
      if case .text(let text) = pieces[1], pieces[0] == .anyText { return .suffix(Vector(Array(text.utf8))) }
      return nil
    case 3:
      guard pieces[0] == .anyText, pieces[2] == .anyText, case .text(let text) = pieces[1] else { return nil }
      return .infix(Vector(Array(text.utf8)))
    default: return nil
    }
  }

  private static func equal(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int, _ text: Vector<UInt8>) -> Bool {
    for index in 0..<text.count where bytes[start + index] != text[index] { return false }
    return true
  }

  private static func contains(_ bytes: UnsafeBufferPointer<UInt8>, _ text: Vector<UInt8>) -> Bool {
    guard text.count <= bytes.count else { return false }
    let first = text[0]
    for start in 0...(bytes.count - text.count) where bytes[start] == first && equal(bytes, at: start, text) { return true }
    return false
  }

  private static func compile(_ node: PatternNode, of pattern: String, _ isCaseInsensitive: Bool) throws(TextPatternError) -> ByteAutomaton
  {
    var builder = AutomatonBuilder(isCaseInsensitive: isCaseInsensitive)
    guard let automaton = builder.automaton(of: node) else { throw .tooComplex(pattern: pattern) }
    return automaton
  }
}

/// A wildcard pattern cut into runs.
enum WildcardPiece: Hashable {
  case anyText
  case anyCharacter
  case text(String)

  var isCaseless: Bool {
    guard case .text(let text) = self else { return true }
    return text.lowercased() == text && text.uppercased() == text
  }

  /// Neighbouring stars are one; a backslash at the end is itself.
  static func pieces(of pattern: String) -> [WildcardPiece] {
    var pieces: [WildcardPiece] = []
    var text = ""
    func flush() {
      if !text.isEmpty { pieces.append(.text(text)) }
      text = ""
    }
    var scalars = pattern.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      switch scalar {
      case "*":
        flush()
        if pieces.last != .anyText { pieces.append(.anyText) }
      case "?":
        flush()
        pieces.append(.anyCharacter)
      case "\\": text.unicodeScalars.append(scalars.next() ?? scalar)
      default: text.unicodeScalars.append(scalar)
      }
    }
    flush()
    return pieces
  }
}

/// A pattern as a tree: what wildcards and regular expressions have in common.
indirect enum PatternNode: Hashable {
  case nothing
  case anyText
  case anyCharacter
  case text(String)
  /// Inclusive ranges of characters.
  case characters([ClosedRange<Unicode.Scalar>], isNegated: Bool)
  case sequence([PatternNode])
  case either([PatternNode])
  case both(PatternNode, PatternNode)
  case complement(PatternNode)
  /// `max` nil: any number of times.
  case repeated(PatternNode, min: Int, max: Int?)
}
