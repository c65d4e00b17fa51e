import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `ROW a = 1, b = "x"`: one row of constants.
struct RowCommand: Command {
  static let keyword = "row"

  var fields: [FieldSyntax]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    fields = try parser.fields()
    range = keyword.range.through(parser.previous)
  }

  func analyse(_ analyser: inout Analyser) {
    analyser.assign(fields)
  }

  var description: String { "ROW " + fields.map(\.description).joined(separator: ", ") }
}
