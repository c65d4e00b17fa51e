import Meanwhile

/// `KEEP a, b*`: these columns, in this order.
struct KeepCommand: Command {
  static let keyword = "keep"
  static let mode = Lexer.Mode.pattern

  var patterns: [NamePatternSyntax]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    patterns = try parser.namePatterns()
    range = keyword.range.through(parser.previous)
  }

  var description: String { "KEEP " + patterns.map(\.description).joined(separator: ", ") }
}
