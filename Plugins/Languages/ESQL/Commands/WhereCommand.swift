import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `WHERE condition`: the rows for which it is true.
struct WhereCommand: Command {
  static let keyword = "where"

  var condition: ExpressionSyntax
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    condition = try parser.expression()
    range = keyword.range.through(parser.previous)
  }

  func analyse(_ analyser: inout Analyser) {
    analyser.scoresMatches = true
    defer { analyser.scoresMatches = false }
    guard let filter = analyser.expression(condition) else { return }
    guard filter.type == .boolean || filter.type == .null else {
      return analyser.problem("Condition expression needs to be boolean, found [\(filter.type.name.uppercased())]", at: condition.range)
    }
    analyser.plan = .filter(analyser.plan, filter)
  }

  var description: String { "WHERE \(condition)" }
}
