import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `SORT a DESC NULLS LAST, b`: rows in order.
struct SortCommand: Command {
  static let keyword = "sort"

  struct Order: Sendable, Hashable {
    var expression: ExpressionSyntax
    var isDescending: Bool
    /// The default: last when ascending, first when descending.
    var nullsFirst: Bool
    var range: SourceRange
  }

  var orders: [Order]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    orders = []
    repeat { orders.append(try Self.order(&parser)) } while try parser.accept(.comma)
    range = keyword.range.through(parser.previous)
  }

  private static func order(_ parser: inout Parser) throws(APIError) -> Order {
    let start = parser.current.range
    let expression = try parser.expression()
    let isDescending = parser.current.kind == .desc
    if isDescending || parser.current.kind == .asc { try parser.advance() }
    var nullsFirst = isDescending
    if try parser.accept(.nulls) {
      guard parser.current.kind == .first || parser.current.kind == .last else { throw parser.mismatched(["'first'", "'last'"]) }
      nullsFirst = parser.current.kind == .first
      try parser.advance()
    }
    return Order(expression: expression, isDescending: isDescending, nullsFirst: nullsFirst, range: start.through(parser.previous))
  }

  func analyse(_ analyser: inout Analyser) {
    var keys: [Plan.SortKey] = []
    for order in orders {
      guard let key = analyser.expression(order.expression) else { continue }
      switch key.type {
      case .geoPoint, .geoShape, .cartesianPoint, .cartesianShape, .source, .counterInteger, .counterLong, .counterDouble:
        analyser.problem("cannot sort on \(key.type.name)", at: order.expression.range)
      default:
        keys.append(Plan.SortKey(key, isAscending: !order.isDescending, nullsFirst: order.nullsFirst))
      }
    }
    analyser.sortRange = range
    if !keys.isEmpty { analyser.plan = .sort(analyser.plan, keys) }
  }

  var description: String {
    "SORT "
      + orders.map { "\($0.expression) \($0.isDescending ? "DESC" : "ASC") NULLS \($0.nullsFirst ? "FIRST" : "LAST")" }
      .joined(separator: ", ")
  }
}
