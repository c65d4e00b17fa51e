import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `MV_EXPAND a`: one row for each value of a column.
struct ExpandCommand: Command {
  static let keyword = "mv_expand"

  var column: NameSyntax
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    column = try parser.name()
    range = keyword.range.through(parser.previous)
  }

  func analyse(_ analyser: inout Analyser) {
    guard let old = analyser.column(column) else { return }
    let new = Attribute(name: old.name, type: old.type)
    analyser.plan = .expand(analyser.plan, old, as: new)
    analyser.replace(old, by: new)
  }

  var description: String { "MV_EXPAND \(column)" }
}
