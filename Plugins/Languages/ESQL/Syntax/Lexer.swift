import Meanwhile

/// Cuts a query into tokens, one at a time. The parser says in which mode, since ES|QL's words depend on the command: `logs-*` is one index
/// pattern behind FROM, one name pattern behind KEEP and a subtraction behind EVAL.
struct Lexer {
  enum Mode: Sendable, Hashable {
    /// Expressions, and whatever else has no mode of its own.
    case expression
    /// Index patterns: FROM.
    case source
    /// Names with wildcards: KEEP, DROP, RENAME.
    case pattern
  }

  let source: QuerySource
  private(set) var offset = 0
  private var line = 1
  /// Offset from which the column is counted, and the column that it has.
  private var columnOffset = 0
  private var column = 1

  init(_ source: QuerySource) {
    self.source = source
  }

  private var bytes: [UInt8] { source.bytes }

  private func peek(_ ahead: Int = 0) -> UInt8 {
    let at = offset + ahead
    return at < source.bytes.count ? source.bytes[at] : 0
  }

  /// The next token.
  ///
  /// - Throws: `parsing_exception`, `token recognition error at: '…'`.
  mutating func next(in mode: Mode) throws(APIError) -> Token {
    try skipBlanks()
    startToken()
    guard offset < source.bytes.count else { return token(.end) }
    switch mode {
    case .expression: return try expressionToken()
    case .source: return try sourceToken()
    case .pattern: return try patternToken()
    }
  }

  // MARK: - Places

  private var tokenStart = 0
  private var tokenLine = 1
  private var tokenColumn = 1

  /// Moves the counted column up to the current offset.
  private mutating func countColumn() {
    while columnOffset < offset {
      let byte = source.bytes[columnOffset]
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
      columnOffset += 1
    }
  }

  private mutating func startToken() {
    countColumn()
    tokenStart = offset
    tokenLine = line
    tokenColumn = column
  }

  private func token(_ kind: Token.Kind) -> Token {
    Token(kind: kind, range: SourceRange(start: tokenStart, end: offset, line: tokenLine, column: tokenColumn))
  }

  /// An error at the token that is being read, whose text runs to `end`.
  private func unrecognized(upTo end: Int) -> APIError {
    let text = source.text(tokenStart, min(end, source.bytes.count))
    return .parsing("token recognition error at: '\(text)'", line: tokenLine, column: tokenColumn)
  }

  // MARK: - Blanks and comments

  private mutating func skipBlanks() throws(APIError) {
    while true {
      switch peek() {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): offset += 1
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
        while offset < bytes.count, peek() != UInt8(ascii: "\n"), peek() != UInt8(ascii: "\r") { offset += 1 }
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
        startToken()
        try skipBlockComment()
      default: return
      }
    }
  }

  /// Block comments nest.
  private mutating func skipBlockComment() throws(APIError) {
    var depth = 0
    repeat {
      guard offset < bytes.count else { throw unrecognized(upTo: offset) }
      if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        depth += 1
        offset += 2
      } else if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
        depth -= 1
        offset += 2
      } else {
        offset += 1
      }
    } while depth > 0
  }

  // MARK: - Expressions

  private mutating func expressionToken() throws(APIError) -> Token {
    let byte = peek()
    if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1).isDigit) { return number() }
    if byte.isLetter || ((byte == UInt8(ascii: "_") || byte == UInt8(ascii: "@")) && peek(1).isWord) { return word() }
    switch byte {
    case UInt8(ascii: "\""): return try string()
    case UInt8(ascii: "`"): return try quotedIdentifier()
    case UInt8(ascii: "?"): return parameter()
    default: break
    }
    return try punctuation()
  }

  /// Operators and brackets; the longer ones first.
  private static let punctuation: [(text: (UInt8, UInt8), kind: Token.Kind)] = [
    ((UInt8(ascii: ":"), UInt8(ascii: ":")), .cast), ((UInt8(ascii: "="), UInt8(ascii: "=")), .equals),
    ((UInt8(ascii: "="), UInt8(ascii: "~")), .caseInsensitiveEquals), ((UInt8(ascii: "!"), UInt8(ascii: "=")), .notEquals),
    ((UInt8(ascii: "<"), UInt8(ascii: "=")), .lessOrEqual), ((UInt8(ascii: ">"), UInt8(ascii: "=")), .greaterOrEqual),
    ((UInt8(ascii: "|"), 0), .pipe), ((UInt8(ascii: ","), 0), .comma), ((UInt8(ascii: "."), 0), .dot), ((UInt8(ascii: ":"), 0), .colon),
    ((UInt8(ascii: ";"), 0), .semicolon), ((UInt8(ascii: "="), 0), .assign), ((UInt8(ascii: "<"), 0), .less),
    ((UInt8(ascii: ">"), 0), .greater), ((UInt8(ascii: "+"), 0), .plus), ((UInt8(ascii: "-"), 0), .minus), ((UInt8(ascii: "*"), 0), .star),
    ((UInt8(ascii: "/"), 0), .slash), ((UInt8(ascii: "%"), 0), .percent), ((UInt8(ascii: "("), 0), .openParenthesis),
    ((UInt8(ascii: ")"), 0), .closeParenthesis), ((UInt8(ascii: "["), 0), .openBracket), ((UInt8(ascii: "]"), 0), .closeBracket),
    ((UInt8(ascii: "{"), 0), .openBrace), ((UInt8(ascii: "}"), 0), .closeBrace),
  ]

  private mutating func punctuation() throws(APIError) -> Token {
    let byte = peek()
    for entry in Self.punctuation where entry.text.0 == byte && (entry.text.1 == 0 || entry.text.1 == peek(1)) {
      offset += entry.text.1 == 0 ? 1 : 2
      return token(entry.kind)
    }
    throw unrecognized(upTo: characterEnd)
  }

  /// The offset behind the character that begins here.
  private var characterEnd: Int {
    var end = offset + 1
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }

  private mutating func word() -> Token {
    offset += 1
    while peek().isWord { offset += 1 }
    guard offset - tokenStart <= 8 else { return token(.identifier) }
    return token(Token.keywords[source.text(tokenStart, offset).lowercased()] ?? .identifier)
  }

  private mutating func number() -> Token {
    var kind = Token.Kind.integer
    while peek().isDigit { offset += 1 }
    if peek() == UInt8(ascii: ".") {
      kind = .decimal
      offset += 1
      while peek().isDigit { offset += 1 }
    }
    if peek() | 0x20 == UInt8(ascii: "e") {
      let signed = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
      if peek(signed ? 2 : 1).isDigit {
        kind = .decimal
        offset += signed ? 2 : 1
        while peek().isDigit { offset += 1 }
      }
    }
    return token(kind)
  }

  private mutating func parameter() -> Token {
    offset += 1
    let isDouble = peek() == UInt8(ascii: "?")
    if isDouble { offset += 1 }
    guard peek().isWord else { return token(isDouble ? .doubleParameter : .parameter) }
    while peek().isWord { offset += 1 }
    return token(isDouble ? .namedDoubleParameter : .namedParameter)
  }

  private mutating func quotedIdentifier() throws(APIError) -> Token {
    offset += 1
    while true {
      guard offset < bytes.count else { throw unrecognized(upTo: offset) }
      if peek() == UInt8(ascii: "`") {
        offset += 1
        guard peek() == UInt8(ascii: "`") else { return token(.quotedIdentifier) }
      }
      offset += 1
    }
  }

  private mutating func string() throws(APIError) -> Token {
    if peek(1) == UInt8(ascii: "\""), peek(2) == UInt8(ascii: "\"") { return try rawString() }
    offset += 1
    while true {
      guard offset < bytes.count else { throw unrecognized(upTo: offset) }
      switch peek() {
      case UInt8(ascii: "\""):
        offset += 1
        return token(.string)
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): throw unrecognized(upTo: offset + 1)
      case UInt8(ascii: "\\"):
        guard Self.escape(peek(1)) != nil else { throw unrecognized(upTo: offset + 2) }
        offset += 2
      default: offset += 1
      }
    }
  }

  /// Three quotes to three quotes on one line, nothing escaped; up to two quotes more may stand at the end.
  private mutating func rawString() throws(APIError) -> Token {
    offset += 3
    while true {
      guard offset < bytes.count, peek() != UInt8(ascii: "\n"), peek() != UInt8(ascii: "\r") else { throw unrecognized(upTo: offset) }
      if peek() == UInt8(ascii: "\""), peek(1) == UInt8(ascii: "\""), peek(2) == UInt8(ascii: "\"") {
        offset += 3
        var extra = 0
        while extra < 2, peek() == UInt8(ascii: "\"") {
          offset += 1
          extra += 1
        }
        return token(.string)
      }
      offset += 1
    }
  }

  static func escape(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "t"): UInt8(ascii: "\t")
    case UInt8(ascii: "n"): UInt8(ascii: "\n")
    case UInt8(ascii: "r"): UInt8(ascii: "\r")
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
    default: nil
    }
  }

  // MARK: - Sources

  private mutating func sourceToken() throws(APIError) -> Token {
    switch peek() {
    case UInt8(ascii: "\""): return try string()
    case UInt8(ascii: "|"), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: "="), UInt8(ascii: ";"):
      return try punctuation()
    case UInt8(ascii: "?"): return parameter()
    default: break
    }
    while offset < bytes.count, isSourceByte { offset += 1 }
    guard offset > tokenStart else { throw unrecognized(upTo: characterEnd) }
    if offset - tokenStart == 8, source.text(tokenStart, offset).lowercased() == "metadata" { return token(.metadata) }
    return token(.source)
  }

  private var isSourceByte: Bool {
    switch peek() {
    case UInt8(ascii: ":"), UInt8(ascii: "\""), UInt8(ascii: "="), UInt8(ascii: "|"), UInt8(ascii: ","), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"),
      UInt8(ascii: "\n"):
      false
    case UInt8(ascii: "/"): peek(1) != UInt8(ascii: "*") && peek(1) != UInt8(ascii: "/")
    default: true
    }
  }

  // MARK: - Name patterns

  private mutating func patternToken() throws(APIError) -> Token {
    switch peek() {
    case UInt8(ascii: "`"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "@"): break
    case UInt8(ascii: "?"): return parameter()
    case let byte where byte.isLetter: break
    default: return try punctuation()
    }
    var isPlain = true
    while true {
      let byte = peek()
      if byte == UInt8(ascii: "`") {
        let start = (tokenStart, tokenLine, tokenColumn)
        _ = try quotedIdentifier()
        (tokenStart, tokenLine, tokenColumn) = start
        isPlain = false
      } else if byte.isWord || byte == UInt8(ascii: "*") || (byte == UInt8(ascii: "@") && offset == tokenStart) {
        offset += 1
      } else {
        break
      }
    }
    if isPlain, offset - tokenStart == 2, source.text(tokenStart, offset).lowercased() == "as" { return token(.as) }
    return token(.pattern)
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
  fileprivate var isLetter: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") }
  /// May stand inside an unquoted identifier.
  fileprivate var isWord: Bool { isLetter || isDigit || self == UInt8(ascii: "_") }
}
