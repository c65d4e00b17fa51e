import Meanwhile

/// Reads ES|QL by recursive descent, one token ahead.
///
/// Commands parse themselves (see ``Command``); this type holds what they share: the current token, expectation and error, and the limits. Names, expressions
/// and parameters are in extensions.
struct Parser {
  /// The longest query, in characters.
  static let charactersMax = 1_000_000
  /// The deepest expression.
  static let expressionDepthMax = 400
  /// The most commands in a query.
  static let commandsMax = 500

  let source: QuerySource
  private(set) var current: Token
  /// The token before the current one.
  private(set) var previous: SourceRange
  private var lexer: Lexer
  private var mode = Lexer.Mode.expression
  /// Levels of parentheses, signs and NOTs around the current token: what the stack grows with.
  var nesting = 0
  var parameters: ParameterBinder

  /// Reads a whole query.
  ///
  /// - Parameter parameters: what its placeholders stand for.
  /// - Throws: `parsing_exception` with line and column.
  static func parse(_ query: String, parameters: QueryParameters = QueryParameters()) throws(APIError) -> QuerySyntax {
    var parser = try Parser(query, parameters: parameters)
    return try parser.query()
  }

  init(_ query: String, parameters: QueryParameters = QueryParameters()) throws(APIError) {
    // Bytes are at least characters, so the exact count is needed for very long queries only.
    if query.utf8.count > Self.charactersMax, query.unicodeScalars.count > Self.charactersMax {
      throw APIError(
        type: "parsing_exception",
        reason: "ESQL statement is too large [\(query.unicodeScalars.count) characters > \(Self.charactersMax)]", status: 400)
    }
    source = QuerySource(query)
    self.parameters = ParameterBinder(parameters)
    lexer = Lexer(source)
    current = Token(kind: .end, range: SourceRange(start: 0, end: 0, line: 1, column: 1))
    previous = current.range
    current = try lexer.next(in: .expression)
  }

  // MARK: - The whole query

  mutating func query() throws(APIError) -> QuerySyntax {
    var settings: [SettingSyntax] = []
    while isWord("set") { settings.append(try setting()) }
    var commands = [try command(Commands.sources)]
    while current.kind == .pipe {
      try advance(.expression)
      guard commands.count < Self.commandsMax else {
        throw error("ES|QL statement exceeded the maximum query depth allowed (\(Self.commandsMax)): [\(text(of: current))]")
      }
      commands.append(try command(Commands.processing))
    }
    guard current.kind == .end else { throw mismatched(["<EOF>", "'|'"]) }
    try parameters.finish()
    return QuerySyntax(source: source, settings: settings, commands: commands)
  }

  /// `( command | command … )`: a query within a query. The current token is the opening parenthesis.
  ///
  /// - Parameters:
  ///   - table: what it may begin with.
  ///   - next: how the text behind it is cut into tokens.
  mutating func parenthesized(_ table: [any Command.Type], then next: Lexer.Mode) throws(APIError) -> [any Command] {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.expressionDepthMax else { throw tooDeep(current.range) }
    guard current.kind == .openParenthesis else { throw mismatched(["'('"]) }
    try advance(.expression)
    var commands = [try command(table)]
    while current.kind == .pipe {
      try advance(.expression)
      commands.append(try command(Commands.processing))
    }
    guard current.kind == .closeParenthesis else { throw mismatched(["'|'", "')'"]) }
    try advance(next)
    return commands
  }

  private mutating func setting() throws(APIError) -> SettingSyntax {
    let start = current.range
    try advance()
    let name = try name()
    try expect(.assign)
    let value: LiteralSyntax
    if current.kind == .openBrace {
      // A map of options, such as approximation's: read and tolerated as a whole.
      _ = try options()
      value = .null
    } else {
      value = try constant().literal
    }
    let setting = SettingSyntax(name: name.text, value: value, range: start.through(previous))
    try expect(.semicolon)
    return setting
  }

  mutating func command(_ table: [any Command.Type]) throws(APIError) -> any Command {
    let keyword = current
    guard keyword.kind != .end else { throw mismatched(Commands.expectation(table)) }
    let word = text(of: keyword).lowercased()
    if let type = table.first(where: { $0.keyword == word }) {
      try advance(type.mode)
      let command = try type.init(parsing: &self, keyword: keyword)
      mode = .expression
      return command
    }
    if Commands.notSupportedYet.contains(word) {
      throw error("command [\(word.uppercased())] is not supported yet", at: keyword.range)
    }
    throw mismatched(Commands.expectation(table))
  }

  // MARK: - Tokens

  /// Goes on to the next token; a mode stays until another is given.
  mutating func advance(_ next: Lexer.Mode? = nil) throws(APIError) {
    if let next { mode = next }
    previous = current.range
    current = try lexer.next(in: mode)
  }

  mutating func accept(_ kind: Token.Kind) throws(APIError) -> Bool {
    guard current.kind == kind else { return false }
    try advance()
    return true
  }

  mutating func expect(_ kind: Token.Kind) throws(APIError) {
    guard current.kind == kind else {
      if kind == .closeParenthesis || kind == .assign || kind == .semicolon { throw mismatched([kind.rawValue]) }
      throw mismatched([kind.rawValue])
    }
    try advance()
  }

  /// Whether the current token is an identifier of this spelling, in any case.
  func isWord(_ lowercase: String) -> Bool {
    switch current.kind {
    case .identifier, .pattern, .source: text(of: current).lowercased() == lowercase
    default: false
    }
  }

  func text(of token: Token) -> String {
    token.kind == .end ? "<EOF>" : source.text(of: token.range)
  }

  /// A look at what follows the current token, in the current mode.
  func following() throws(APIError) -> Token {
    var ahead = lexer
    return try ahead.next(in: mode)
  }

  // MARK: - Errors

  func error(_ message: String, at range: SourceRange? = nil) -> APIError {
    let place = range ?? current.range
    return .parsing(message, line: place.line, column: place.column)
  }

  /// `mismatched input 'x' expecting …` at the current token.
  func mismatched(_ expected: [String]) -> APIError {
    let list = expected.count == 1 ? expected[0] : "{" + expected.joined(separator: ", ") + "}"
    return error("mismatched input '\(text(of: current))' expecting \(list)")
  }

  /// `extraneous input 'x' expecting …` at the current token.
  func extraneous(_ expected: [String]) -> APIError {
    let list = expected.count == 1 ? expected[0] : "{" + expected.joined(separator: ", ") + "}"
    return error("extraneous input '\(text(of: current))' expecting \(list)")
  }
}
