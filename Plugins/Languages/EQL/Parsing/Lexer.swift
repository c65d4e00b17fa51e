import Meanwhile

/// Cuts an EQL query into tokens. White space and comments (`//` to the end of the line, `/* … */`, which nest) separate and mean nothing.
struct Lexer {
  private let text: [UInt8]
  private var at = 0
  private var line = 1
  /// Of the next byte, in Unicode scalars, 1-based.
  private var column = 1

  init(_ text: [UInt8]) {
    self.text = text
  }

  /// All tokens, with one of kind `end` at the end.
  ///
  /// - Throws: a `parsing_exception` at the first byte that begins no token.
  mutating func tokens() throws(APIError) -> [Token] {
    var tokens: [Token] = []
    while true {
      try skipSpaceAndComments()
      let token = try next()
      tokens.append(token)
      if token.kind == .end { return tokens }
    }
  }

  // MARK: - One token

  private mutating func next() throws(APIError) -> Token {
    let start = mark
    guard let byte = peek() else { return Token(kind: .end, source: source(from: start)) }
    switch byte {
    case UInt8(ascii: "\""): return try string(start)
    case UInt8(ascii: "`"): return try quotedIdentifier(start)
    case UInt8(ascii: "'"):
      throw failure("Use double quotes [\"] to define string literals, not single quotes [']", at: start)
    case UInt8(ascii: "?"):
      if let quote = peek(1), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
        let found = "?" + String(UnicodeScalar(quote))
        throw failure("Use triple double quotes [\"\"\"] to define unescaped string literals, not [\(found)]", at: start)
      }
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return number(start)
    case UInt8(ascii: "."):
      if let digit = peek(1), Self.isDigit(digit) { return number(start) }
    default:
      if Self.isLetter(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "@") { return identifier(start) }
    }
    for symbol in Token.Symbol.allCases where text[at...].starts(with: symbol.rawValue.utf8) {
      advance(symbol.rawValue.utf8.count)
      return Token(kind: .symbol(symbol), source: source(from: start))
    }
    throw unrecognized(from: start, length: 1)
  }

  private mutating func identifier(_ start: Mark) -> Token {
    let begin = at
    advance(1)
    while let byte = peek(), Self.isLetter(byte) || Self.isDigit(byte) || byte == UInt8(ascii: "_") { advance(1) }
    let name = String(decoding: text[begin..<at], as: UTF8.self)
    if peek() == UInt8(ascii: "~"), Self.isLetter(text[begin]) {
      advance(1)
      let kind = Token.Keyword(rawValue: name + "~").map(Token.Kind.keyword) ?? .tildeIdentifier(name)
      return Token(kind: kind, source: source(from: start))
    }
    let kind = Token.Keyword(rawValue: name).map(Token.Kind.keyword) ?? .identifier(name)
    return Token(kind: kind, source: source(from: start))
  }

  private mutating func quotedIdentifier(_ start: Mark) throws(APIError) -> Token {
    var name: [UInt8] = []
    advance(1)
    while let byte = peek() {
      if byte == UInt8(ascii: "`") {
        guard peek(1) == UInt8(ascii: "`") else {
          advance(1)
          return Token(kind: .identifier(String(decoding: name, as: UTF8.self)), source: source(from: start))
        }
        advance(1)
      }
      name.append(byte)
      advance(1)
    }
    throw unrecognized(from: start, length: at - start.at)
  }

  private mutating func number(_ start: Mark) -> Token {
    var isWhole = true
    skipDigits()
    if peek() == UInt8(ascii: ".") {
      isWhole = false
      advance(1)
      skipDigits()
    }
    if let mark = peek(), mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
      let hasSign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
      if let digit = peek(hasSign ? 2 : 1), Self.isDigit(digit) {
        isWhole = false
        advance(hasSign ? 2 : 1)
        skipDigits()
      }
    }
    let digits = String(decoding: text[start.at..<at], as: UTF8.self)
    return Token(kind: isWhole ? .integer(digits) : .decimal(digits), source: source(from: start))
  }

  private mutating func skipDigits() {
    while let byte = peek(), Self.isDigit(byte) { advance(1) }
  }

  private mutating func skipSpaceAndComments() throws(APIError) {
    while let byte = peek() {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: advance(1)
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
        while let byte = peek(), byte != 0x0A { advance(1) }
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): try skipBlockComment()
      default: return
      }
    }
  }

  private mutating func skipBlockComment() throws(APIError) {
    let start = mark
    var depth = 0
    while peek() != nil {
      if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        depth += 1
        advance(2)
      } else if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
        depth -= 1
        advance(2)
        if depth == 0 { return }
      } else {
        advance(1)
      }
    }
    throw unrecognized(from: start, length: at - start.at)
  }
}

// MARK: - Strings

extension Lexer {
  private static let simpleEscapes: [UInt8: UInt8] = [
    UInt8(ascii: "b"): 0x08, UInt8(ascii: "t"): 0x09, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "r"): 0x0D,
    UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
  ]

  private mutating func string(_ start: Mark) throws(APIError) -> Token {
    if peek(1) == UInt8(ascii: "\""), peek(2) == UInt8(ascii: "\"") { return try rawString(start) }
    var value: [UInt8] = []
    advance(1)
    while let byte = peek(), byte != 0x0A, byte != 0x0D {
      switch byte {
      case UInt8(ascii: "\""):
        advance(1)
        return Token(kind: .string(String(decoding: value, as: UTF8.self)), source: source(from: start))
      case UInt8(ascii: "\\"):
        if let escaped = peek(1), let meaning = Self.simpleEscapes[escaped] {
          value.append(meaning)
          advance(2)
        } else if peek(1) == UInt8(ascii: "u"), peek(2) == UInt8(ascii: "{") {
          value.append(contentsOf: try unicodeEscape().utf8)
        } else {
          throw unrecognized(from: start, length: min(at + 2, text.count) - start.at)
        }
      default:
        value.append(byte)
        advance(1)
      }
    }
    throw unrecognized(from: start, length: at - start.at)
  }

  /// `"""…"""` on one line, nothing in it escaped. Of more than three closing quotes, at most two belong to the text.
  private mutating func rawString(_ start: Mark) throws(APIError) -> Token {
    advance(3)
    let begin = at
    while let byte = peek(), byte != 0x0A, byte != 0x0D {
      guard byte == UInt8(ascii: "\""), peek(1) == UInt8(ascii: "\""), peek(2) == UInt8(ascii: "\"") else {
        advance(1)
        continue
      }
      for _ in 0..<2 where peek(3) == UInt8(ascii: "\"") { advance(1) }
      let value = String(decoding: text[begin..<at], as: UTF8.self)
      advance(3)
      return Token(kind: .string(value), source: source(from: start))
    }
    throw unrecognized(from: start, length: at - start.at)
  }

  /// `\u{1F600}`: two to eight hexadecimal digits of a scalar value that is no surrogate.
  private mutating func unicodeEscape() throws(APIError) -> String {
    let start = mark
    advance(3)
    let begin = at
    while let byte = peek(), Character(UnicodeScalar(byte)).isHexDigit { advance(1) }
    let digits = String(decoding: text[begin..<at], as: UTF8.self)
    guard peek() == UInt8(ascii: "}") else { throw unrecognized(from: start, length: at - start.at) }
    advance(1)
    guard (2...8).contains(digits.count) else {
      throw failure("Unicode sequence should use [2-8] hex digits, [\\u{\(digits)}] has [\(digits.count)]", at: start)
    }
    guard let code = UInt32(digits, radix: 16), code <= 0x10FFFF else {
      throw failure("Invalid unicode character code [\(digits)]", at: start)
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw failure("Invalid unicode character code, [\(digits)] is a surrogate code", at: start)
    }
    return String(Character(scalar))
  }
}

// MARK: - Where the lexer is

extension Lexer {
  private struct Mark {
    var at: Int
    var line: Int
    var column: Int
  }

  private var mark: Mark { Mark(at: at, line: line, column: column) }

  private func peek(_ ahead: Int = 0) -> UInt8? {
    at + ahead < text.count ? text[at + ahead] : nil
  }

  private mutating func advance(_ count: Int) {
    for byte in text[at..<min(at + count, text.count)] {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        // A continuation byte belongs to the scalar before it.
        column += 1
      }
    }
    at = min(at + count, text.count)
  }

  private func source(from start: Mark) -> Source {
    Source(line: start.line, column: start.column, bytes: start.at..<at)
  }

  private func failure(_ message: String, at mark: Mark) -> APIError {
    .parsing(message, line: mark.line, column: mark.column)
  }

  /// The longest piece of text that an error quotes, in bytes.
  private static let quoteBytesMax = 64

  private func unrecognized(from start: Mark, length: Int) -> APIError {
    var end = min(start.at + min(length, Self.quoteBytesMax), text.count)
    while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
    let quoted = String(decoding: text[start.at..<end], as: UTF8.self)
    return failure("token recognition error at: '\(quoted)'", at: start)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
  }
}
