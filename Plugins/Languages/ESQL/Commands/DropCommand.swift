import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `DROP a, b*`: all columns but these.
struct DropCommand: Command {
  static let keyword = "drop"
  static let mode = Lexer.Mode.pattern

  var patterns: [NamePatternSyntax]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    patterns = try parser.namePatterns()
    if let everything = patterns.first(where: \.isEverything) {
      throw parser.error("Removing all fields is not allowed [\(parser.source.text(of: everything.range))]", at: everything.range)
    }
    range = keyword.range.through(parser.previous)
  }

  func analyse(_ analyser: inout Analyser) {
    var dropped: Set<Attribute> = []
    for pattern in patterns { dropped.formUnion(analyser.columns(matching: pattern)) }
    analyser.setColumns(analyser.columns.filter { !dropped.contains($0) })
  }

  var description: String { "DROP " + patterns.map(\.description).joined(separator: ", ") }
}
