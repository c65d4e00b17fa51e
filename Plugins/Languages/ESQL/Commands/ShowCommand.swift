import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `SHOW INFO`: the server's version, date and hash.
struct ShowCommand: Command {
  static let keyword = "show"

  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    guard parser.isWord("info") else { throw parser.mismatched(["'info'"]) }
    try parser.advance()
    range = keyword.range.through(parser.previous)
  }

  func analyse(_ analyser: inout Analyser) {
    let server = analyser.environment.server
    let columns = [("version", server.version), ("date", server.date), ("hash", server.hash)].map { name, value in
      Plan.Assignment(Attribute(name: name, type: .keyword), .literal(.string(value), .keyword))
    }
    analyser.plan = .eval(analyser.plan, columns)
    analyser.setColumns(columns.map(\.attribute))
  }

  var description: String { "SHOW INFO" }
}
