import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `EVAL a = b + 1, …`: new columns, each of which the next may use.
struct EvalCommand: Command {
  static let keyword = "eval"

  var fields: [FieldSyntax]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    fields = try parser.fields()
    range = keyword.range.through(parser.previous)
  }

  func analyse(_ analyser: inout Analyser) {
    analyser.assign(fields)
  }

  var description: String { "EVAL " + fields.map(\.description).joined(separator: ", ") }
}
