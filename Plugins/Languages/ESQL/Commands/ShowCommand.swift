import Meanwhile

/// `SHOW INFO`: the server's version, date and hash.
struct ShowCommand: Command {
  static let keyword = "show"

  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    guard parser.isWord("info") else { throw parser.mismatched(["'info'"]) }
    try parser.advance()
    range = keyword.range.through(parser.previous)
  }

  var description: String { "SHOW INFO" }
}
