import Meanwhile

/// Reads an EQL query. Recursive descent for statements; operator precedence for expressions.
///
/// Limits: ``queryBytesMax`` for the text, ``depthMax`` for nesting, so that input never decides the stack's size.
struct Parser {
  /// The longest query, in bytes of UTF-8.
  static let queryBytesMax = 1_000_000
  /// How deep parentheses, calls, signs and chains of arithmetic may nest.
  static let depthMax = 100
  /// How often `with runs` may repeat a term.
  static let runsMax: Int64 = 100
  /// How many terms a sequence or sample may have, repetitions included.
  static let termsMax = 256

  let text: [UInt8]
  private let tokens: [Token]
  private var at = 0
  var depth = 0

  /// Reads a whole query.
  ///
  /// - Throws: a `parsing_exception` with line and column.
  static func parse(_ query: String) throws(APIError) -> EQLStatement {
    var parser = try Parser(query)
    return try parser.statement()
  }

  init(_ query: String) throws(APIError) {
    text = Array(query.utf8)
    guard text.count <= Self.queryBytesMax else {
      throw .parsing(
        "the query is too long; it may have at most [\(Self.queryBytesMax)] bytes, but has [\(text.count)]", line: 1, column: 1)
    }
    var lexer = Lexer(text)
    tokens = try lexer.tokens()
  }

  private mutating func statement() throws(APIError) -> EQLStatement {
    let query = try query()
    var pipes: [EQLPipe] = []
    while accept(.pipe) {
      if case .sample = query { throw failure("Samples do not support pipes yet", at: peek.source) }
      pipes.append(try pipe())
    }
    guard peek.kind == .end else { throw mismatched(expecting: "<EOF>, '|'") }
    return EQLStatement(query: query, pipes: pipes, text: text)
  }

  private mutating func query() throws(APIError) -> EQLQuery {
    switch peek.kind {
    case .keyword(.sequence): return .sequence(try sequence())
    case .keyword(.sample): return .sample(try sample())
    case .keyword(.join): throw failure("Join is not supported", at: peek.source)
    default: return .events(try eventFilter())
    }
  }

  /// `any where condition`, `category where condition`, `"category" where condition`.
  mutating func eventFilter() throws(APIError) -> EventFilter {
    let start = peek
    let category: String?
    switch start.kind {
    case .keyword(.any): category = nil
    case .identifier(let name) where !isBackquoted(start): category = name
    case .string(let name): category = name
    default: throw mismatched(expecting: "{'any', 'join', 'sample', 'sequence', STRING, IDENTIFIER}")
    }
    advance()
    try expect(.where)
    let condition = try expression()
    return EventFilter(category: category, categorySource: start.source, condition: condition)
  }

  // MARK: - Pipes

  private static let pipes = ["count", "filter", "head", "sort", "tail", "unique", "unique_count"]

  private mutating func pipe() throws(APIError) -> EQLPipe {
    let name = peek
    guard case .identifier(let word) = name.kind else { throw mismatched(expecting: "IDENTIFIER") }
    guard Self.pipes.contains(word) else {
      throw failure("Unrecognized pipe [\(word)]" + Suggestions.text(for: word, among: Self.pipes), at: name.source)
    }
    advance()
    guard let kind = EQLPipe.Kind(rawValue: word) else { throw failure("Pipe [\(word)] is not supported", at: name.source) }
    var arguments: [EQLExpression] = []
    if peek.kind != .end, peek.kind != .symbol(.pipe) {
      repeat { arguments.append(try expression()) } while accept(.comma)
    }
    guard arguments.count == 1, let argument = arguments.first else {
      throw failure("Pipe [\(word)] expects exactly one argument but found [\(arguments.count)]", at: name.source)
    }
    guard case .literal(.integer(let value), _) = argument, value > 0, let count = Int(exactly: value) else {
      throw failure("Pipe [\(word)] expects a positive integer but found [\(quote(argument.source))]", at: argument.source)
    }
    return EQLPipe(kind: kind, count: count, source: name.source)
  }
}

// MARK: - Tokens

extension Parser {
  var peek: Token { tokens[at] }

  /// The token before the current one.
  var previous: Token { tokens[max(0, at - 1)] }

  func peek(ahead count: Int) -> Token { tokens[min(at + count, tokens.count - 1)] }

  mutating func advance() {
    if at < tokens.count - 1 { at += 1 }
  }

  mutating func accept(_ symbol: Token.Symbol) -> Bool {
    guard peek.kind == .symbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func accept(_ keyword: Token.Keyword) -> Bool {
    guard peek.kind == .keyword(keyword) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: Token.Symbol) throws(APIError) {
    guard accept(symbol) else { throw mismatched(expecting: "'\(symbol.rawValue)'") }
  }

  mutating func expect(_ keyword: Token.Keyword) throws(APIError) {
    guard accept(keyword) else { throw mismatched(expecting: "'\(keyword.rawValue)'") }
  }

  /// Runs a nested piece of the grammar, within the depth limit.
  mutating func nested<Result>(_ parse: (inout Parser) throws(APIError) -> Result) throws(APIError) -> Result {
    guard depth < Self.depthMax else { throw failure("the query nests deeper than [\(Self.depthMax)] levels", at: peek.source) }
    depth += 1
    defer { depth -= 1 }
    return try parse(&self)
  }

  func isBackquoted(_ token: Token) -> Bool {
    text.indices.contains(token.source.bytes.lowerBound) && text[token.source.bytes.lowerBound] == UInt8(ascii: "`")
  }

  func quote(_ source: Source) -> String { String(decoding: text[source.bytes], as: UTF8.self) }

  func failure(_ message: String, at source: Source) -> APIError {
    .parsing(message, line: source.line, column: source.column)
  }

  func mismatched(expecting expected: String) -> APIError {
    let found = peek.kind == .end ? "<EOF>" : quote(peek.source)
    return failure("mismatched input '\(found)' expecting \(expected)", at: peek.source)
  }
}
