import Meanwhile

/// `MV_EXPAND a`: one row for each value of a column.
struct ExpandCommand: Command {
  static let keyword = "mv_expand"

  var column: NameSyntax
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    column = try parser.name()
    range = keyword.range.through(parser.previous)
  }

  var description: String { "MV_EXPAND \(column)" }
}
