import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `KEEP a, b*`: these columns, in this order.
struct KeepCommand: Command {
  static let keyword = "keep"
  static let mode = Lexer.Mode.pattern

  var patterns: [NamePatternSyntax]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    patterns = try parser.namePatterns()
    range = keyword.range.through(parser.previous)
  }

  /// A name outranks a pattern, and a pattern outranks `*`; among equals the last one decides where the column stands.
  func analyse(_ analyser: inout Analyser) {
    var ranks: [Attribute: Int] = [:]
    var kept: [Attribute] = []
    for pattern in patterns {
      let rank = pattern.name != nil ? 1 : pattern.isEverything ? 3 : 2
      for attribute in analyser.columns(matching: pattern) {
        if let before = ranks[attribute] {
          guard before >= rank else { continue }
          kept.removeAll { $0 == attribute }
        }
        ranks[attribute] = rank
        kept.append(attribute)
      }
    }
    analyser.setColumns(kept)
  }

  var description: String { "KEEP " + patterns.map(\.description).joined(separator: ", ") }
}
