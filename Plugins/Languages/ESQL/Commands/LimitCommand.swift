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
    guard !groups.isEmpty else {
      analyser.hasLimit = true
      analyser.plan = .limit(analyser.plan, count)
      return
    }
    var keys: [Attribute] = []
    var computed: [Plan.Assignment] = []
    for group in groups {
      guard let expression = analyser.expression(group.expression) else { continue }
      if case .column(let attribute) = expression {
        keys.append(attribute)
      } else {
        let attribute = Attribute(name: group.name, type: expression.type)
        computed.append(Plan.Assignment(attribute, expression))
        keys.append(attribute)
      }
    }
    if !computed.isEmpty { analyser.plan = .eval(analyser.plan, computed) }
    if !keys.isEmpty { analyser.plan = .limitBy(analyser.plan, keys, count: count) }
  }

  var description: String { "LIMIT \(count)" + (groups.isEmpty ? "" : " BY " + groups.map(\.description).joined(separator: ", ")) }
}
