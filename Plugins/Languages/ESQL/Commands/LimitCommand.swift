import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `LIMIT 10`: the first rows. `LIMIT 1 BY a, b`: the first rows of each group.
struct LimitCommand: Command {
  static let keyword = "limit"

  var count: Int
  var groups: [FieldSyntax]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    let (literal, place) = try parser.constant()
    switch literal {
    case .integer(let value) where value >= 0: count = Int(value)
    case .null where parser.parameters.hasProblems: count = 0
    default:
      let text = parser.source.text(of: place)
      let value = text.hasPrefix("?") ? " [\(literal)]" : ""
      throw parser.error(
        "value of [limit \(text)]\(value) must be a non negative integer, found value [\(literal)] type [\(literal.typeName)]",
        at: keyword.range)
    }
    groups = try parser.accept(.by) ? parser.fields() : []
    range = keyword.range.through(parser.previous)
  }

  func analyse(_ analyser: inout Analyser) {
    guard groups.isEmpty else { return analyser.problem("[LIMIT … BY] is not supported yet", at: range) }
    analyser.hasLimit = true
    analyser.plan = .limit(analyser.plan, count)
  }

  var description: String { "LIMIT \(count)" + (groups.isEmpty ? "" : " BY " + groups.map(\.description).joined(separator: ", ")) }
}
