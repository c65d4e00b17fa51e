import Meanwhile

/// `WHERE condition`: the rows for which it is true.
struct WhereCommand: Command {
  static let keyword = "where"

  var condition: ExpressionSyntax
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    condition = try parser.expression()
    range = keyword.range.through(parser.previous)
  }

  var description: String { "WHERE \(condition)" }
}
