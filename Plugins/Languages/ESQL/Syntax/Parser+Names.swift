import Meanwhile

// Names: of columns, of functions, and with wildcards.

extension Parser {
  /// What may begin a name, as an error lists it.
  static let nameStart = [
    "'?'", "'??'", "NAMED_OR_POSITIONAL_PARAM", "NAMED_OR_POSITIONAL_DOUBLE_PARAMS", "UNQUOTED_IDENTIFIER", "QUOTED_IDENTIFIER",
  ]

  /// A column's name: identifiers and parameters between dots.
  mutating func name() throws(APIError) -> NameSyntax {
    let start = current.range
    var text = try identifier()
    while current.kind == .dot {
      try advance()
      text += "." + (try identifier())
    }
    return NameSyntax(text: text, range: start.through(previous))
  }

  /// One part of a name.
  mutating func identifier() throws(APIError) -> String {
    let token = current
    switch token.kind {
    case .identifier:
      try advance()
      return text(of: token)
    case .quotedIdentifier:
      try advance()
      return unquoted(identifier: token.range)
    case .parameter, .namedParameter, .doubleParameter, .namedDoubleParameter:
      try advance()
      return identifier(of: token)
    default: throw mismatched(Self.nameStart)
    }
  }

  /// The identifier that a parameter stands for; of one that is none, a problem is noted.
  mutating func identifier(of token: Token) -> String {
    guard let entry = binding(of: token) else { return "" }
    let isDouble = token.kind == .doubleParameter || token.kind == .namedDoubleParameter
    if case .string(let name) = entry.value, isDouble || entry.kind == .identifier { return name }
    parameters.problem(
      "Query parameter [\(text(of: token))] with value [\(entry.value)] declared as a constant, cannot be used as an identifier or pattern",
      at: token.range)
    return ""
  }

  /// The parameter of a placeholder token.
  mutating func binding(of token: Token) -> QueryParameters.Entry? {
    let name = String(text(of: token).drop { $0 == "?" })
    return parameters.bind(name, at: token.range)
  }

  /// A name with wildcards. The lexer is in pattern mode.
  mutating func namePattern() throws(APIError) -> NamePatternSyntax {
    let start = current.range
    var pieces: [NamePatternSyntax.Piece] = []
    try appendPatternPart(to: &pieces)
    while current.kind == .dot {
      try advance()
      Self.append(text: ".", to: &pieces)
      try appendPatternPart(to: &pieces)
    }
    return NamePatternSyntax(pieces: pieces, range: start.through(previous))
  }

  /// Name patterns between commas, one at least.
  mutating func namePatterns() throws(APIError) -> [NamePatternSyntax] {
    var patterns = [try namePattern()]
    while try accept(.comma) { patterns.append(try namePattern()) }
    return patterns
  }

  private mutating func appendPatternPart(to pieces: inout [NamePatternSyntax.Piece]) throws(APIError) {
    let token = current
    switch token.kind {
    case .pattern, .as: appendPattern(token.range, to: &pieces)
    case .parameter, .namedParameter, .doubleParameter, .namedDoubleParameter:
      var ahead = self
      if let entry = ahead.binding(of: token), entry.kind == .pattern, case .string(let pattern) = entry.value {
        parameters = ahead.parameters
        Self.append(wildcards: Array(pattern.utf8), to: &pieces)
      } else {
        Self.append(text: identifier(of: token), to: &pieces)
      }
    default: throw mismatched(Self.nameStart + ["ID_PATTERN"])
    }
    try advance()
  }

  private func appendPattern(_ range: SourceRange, to pieces: inout [NamePatternSyntax.Piece]) {
    let bytes = source.bytes
    var at = range.start
    var run = at
    while at < range.end {
      guard bytes[at] == UInt8(ascii: "`") else {
        at += 1
        continue
      }
      Self.append(wildcards: Array(bytes[run..<at]), to: &pieces)
      var end = at + 1
      while end < range.end {
        if bytes[end] == UInt8(ascii: "`") {
          guard end + 1 < range.end, bytes[end + 1] == UInt8(ascii: "`") else { break }
          end += 1
        }
        end += 1
      }
      Self.append(text: unquoted(bytes[(at + 1)..<min(end, range.end)]), to: &pieces)
      at = end + 1
      run = at
    }
    if run < range.end { Self.append(wildcards: Array(bytes[run..<range.end]), to: &pieces) }
  }

  private static func append(wildcards bytes: [UInt8], to pieces: inout [NamePatternSyntax.Piece]) {
    for (index, part) in bytes.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).enumerated() {
      if index > 0, pieces.last != .anything { pieces.append(.anything) }
      append(text: String(decoding: part, as: UTF8.self), to: &pieces)
    }
  }

  private static func append(text: String, to pieces: inout [NamePatternSyntax.Piece]) {
    guard !text.isEmpty else { return }
    if case .text(let before)? = pieces.last {
      pieces[pieces.count - 1] = .text(before + text)
    } else {
      pieces.append(.text(text))
    }
  }

  /// The name inside of a backquoted identifier.
  func unquoted(identifier range: SourceRange) -> String {
    guard range.end - range.start >= 2 else { return "" }
    return unquoted(source.bytes[(range.start + 1)..<(range.end - 1)])
  }

  /// Two backquotes in a row stand for one.
  private func unquoted(_ bytes: ArraySlice<UInt8>) -> String {
    let quote = UInt8(ascii: "`")
    guard bytes.contains(quote) else { return String(decoding: bytes, as: UTF8.self) }
    var name: [UInt8] = []
    var isSecond = false
    for byte in bytes {
      if byte == quote, isSecond {
        isSecond = false
        continue
      }
      isSecond = byte == quote
      name.append(byte)
    }
    return String(decoding: name, as: UTF8.self)
  }

  /// The value of a string token.
  func unquoted(string range: SourceRange) -> String {
    let bytes = source.bytes[range.start..<range.end]
    let quote = UInt8(ascii: "\"")
    if bytes.count >= 6, bytes.prefix(3).allSatisfy({ $0 == quote }) {
      return String(decoding: bytes.dropFirst(3).dropLast(3), as: UTF8.self)
    }
    let inner = bytes.dropFirst().dropLast()
    guard inner.contains(UInt8(ascii: "\\")) else { return String(decoding: inner, as: UTF8.self) }
    var value: [UInt8] = []
    var isEscaped = false
    for byte in inner {
      if isEscaped {
        value.append(Lexer.escape(byte) ?? byte)
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else {
        value.append(byte)
      }
    }
    return String(decoding: value, as: UTF8.self)
  }
}
