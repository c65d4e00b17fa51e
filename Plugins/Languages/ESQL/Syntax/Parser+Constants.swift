import Meanwhile

// Constants: literals, lists of them, parameters that stand for one, and the options at the end of a call.

extension Parser {
  /// What may begin a constant, as an error lists it.
  static let constantStart = [
    "QUOTED_STRING", "INTEGER_LITERAL", "DECIMAL_LITERAL", "'false'", "'null'", "'?'", "'true'", "'+'", "'-'", "NAMED_OR_POSITIONAL_PARAM",
    "'['",
  ]

  /// A literal or a parameter that stands for one, with its place.
  mutating func constant() throws(APIError) -> (literal: LiteralSyntax, range: SourceRange) {
    let token = current
    switch token.kind {
    case .null:
      try advance()
      return (.null, token.range)
    case .true, .false:
      try advance()
      return (.boolean(token.kind == .true), token.range)
    case .string:
      try advance()
      return (.string(unquoted(string: token.range)), token.range)
    case .integer, .decimal, .plus, .minus: return try number()
    case .openBracket: return try list()
    case .parameter, .namedParameter:
      try advance()
      return (value(of: token), token.range)
    default: throw mismatched(Self.constantStart)
    }
  }

  /// The constant that a parameter stands for; of one that is a name, a problem is noted.
  private mutating func value(of token: Token) -> LiteralSyntax {
    guard let entry = binding(of: token) else { return .null }
    guard entry.kind == .value else {
      parameters.problem(
        "Query parameter [\(text(of: token))] declared as \(entry.kind == .pattern ? "a pattern" : "an identifier"), cannot be used as a constant",
        at: token.range)
      return .null
    }
    return entry.value
  }

  /// A number with a sign or none.
  private mutating func number() throws(APIError) -> (literal: LiteralSyntax, range: SourceRange) {
    let start = current.range
    let isNegative = current.kind == .minus
    if current.kind == .plus || current.kind == .minus { try advance() }
    guard current.kind == .integer || current.kind == .decimal else { throw mismatched(["INTEGER_LITERAL", "DECIMAL_LITERAL"]) }
    let text = (isNegative ? "-" : "") + text(of: current)
    let kind = current.kind
    let range = start.through(current.range)
    try advance()
    if kind == .integer {
      guard let literal = LiteralSyntax(wholeNumber: text) else { throw error("Number [\(text)] is too large", at: range) }
      return (literal, range)
    }
    guard let value = Double(decimal: text), value.isFinite else { throw error("Number [\(text)] is too large", at: range) }
    return (.double(value), range)
  }

  /// `[1, 2]`: constants of one kind.
  private mutating func list() throws(APIError) -> (literal: LiteralSyntax, range: SourceRange) {
    let start = current.range
    try advance()
    var values: [LiteralSyntax] = []
    repeat {
      guard current.kind != .openBracket, current.kind != .null else {
        throw mismatched(["QUOTED_STRING", "INTEGER_LITERAL", "DECIMAL_LITERAL", "'false'", "'true'", "'+'", "'-'"])
      }
      let element = try constant()
      if let first = values.first, first.family != element.literal.family {
        throw error("mismatched input '\(source.text(of: element.range))' expecting a \(first.family) constant", at: element.range)
      }
      values.append(element.literal)
    } while try accept(.comma)
    guard current.kind == .closeBracket else { throw mismatched(["','", "']'"]) }
    try advance()
    return (.list(LiteralSyntax.widened(values)), start.through(previous))
  }

  /// The options at the end of a call or a command: `{"name": value, …}`.
  mutating func options() throws(APIError) -> [OptionSyntax] {
    try expect(.openBrace)
    var options: [OptionSyntax] = []
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.expressionDepthMax else { throw tooDeep(current.range) }
    if try accept(.closeBrace) { return options }
    repeat {
      let start = current.range
      guard current.kind == .string else { throw mismatched(["QUOTED_STRING"]) }
      let name = unquoted(string: current.range)
      try advance()
      try expect(.colon)
      let value: OptionSyntax.Value = current.kind == .openBrace ? .options(try self.options()) : .literal(try constant().literal)
      options.append(OptionSyntax(name: name, value: value, range: start.through(previous)))
    } while try accept(.comma)
    try expect(.closeBrace)
    return options
  }
}

extension LiteralSyntax {
  /// What a list may not mix.
  fileprivate var family: String {
    switch self {
    case .boolean: "boolean"
    case .string: "string"
    case .integer, .long, .unsignedLong, .double: "numeric"
    case .null, .list: "null"
    }
  }

  /// Numbers of a list in the widest type among them.
  fileprivate static func widened(_ values: [LiteralSyntax]) -> [LiteralSyntax] {
    let rank = values.map(\.rank).max() ?? 0
    guard values.contains(where: { $0.rank != rank }) else { return values }
    return values.map { $0.widened(to: rank) }
  }

  private var rank: Int {
    switch self {
    case .integer: 1
    case .long: 2
    case .unsignedLong: 3
    case .double: 4
    default: 0
    }
  }

  private func widened(to rank: Int) -> LiteralSyntax {
    switch (self, rank) {
    case (.integer(let value), 2): .long(Int64(value))
    case (.integer(let value), 3): UInt64(exactly: value).map { .unsignedLong($0) } ?? .double(Double(value))
    case (.long(let value), 3): UInt64(exactly: value).map { .unsignedLong($0) } ?? .double(Double(value))
    case (.integer(let value), 4): .double(Double(value))
    case (.long(let value), 4): .double(Double(value))
    case (.unsignedLong(let value), 4): .double(Double(value))
    default: self
    }
  }
}

extension Double {
  /// A decimal literal of ES|QL, which may begin or end in its point.
  fileprivate init?(decimal text: String) {
    self.init(text.hasSuffix(".") ? text + "0" : text)
  }
}
