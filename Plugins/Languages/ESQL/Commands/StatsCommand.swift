import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `STATS a = AVG(x) WHERE y > 1, … BY g, …`: one row for each group.
struct StatsCommand: Command {
  static let keyword = "stats"

  struct Aggregate: Sendable, Hashable {
    var field: FieldSyntax
    /// Which rows this aggregate counts; nil for all.
    var filter: ExpressionSyntax?
  }

  var aggregates: [Aggregate]
  var groups: [FieldSyntax]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    aggregates = []
    if parser.current.kind != .by {
      repeat {
        var field = try parser.field()
        let filter = try parser.accept(.where) ? parser.expression() : nil
        if filter != nil, !field.isNamed {
          field.name = parser.source.text(of: field.range.through(parser.previous))
        }
        aggregates.append(Aggregate(field: field, filter: filter))
      } while try parser.accept(.comma)
    }
    groups = try parser.accept(.by) ? parser.fields() : []
    range = keyword.range.through(parser.previous)
  }

  var description: String {
    let list = aggregates.map { aggregate in "\(aggregate.field)" + (aggregate.filter.map { " WHERE \($0)" } ?? "") }
    return
      (["STATS"] + (list.isEmpty ? [] : [list.joined(separator: ", ")])
      + (groups.isEmpty ? [] : ["BY " + groups.map(\.description).joined(separator: ", ")])).joined(separator: " ")
  }
}
