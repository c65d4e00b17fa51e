import Meanwhile
import MeanwhileEngine

/// `INLINE STATS m = MAX(a) BY g`: every row, with the aggregates of its group.
struct InlineStatsCommand: Command {
  static let keyword = "inline"

  var stats: StatsCommand
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    guard parser.isWord("stats") else { throw parser.mismatched(["'stats'"]) }
    let word = parser.current
    try parser.advance()
    stats = try StatsCommand(parsing: &parser, keyword: word)
    range = keyword.range.through(parser.previous)
  }

  func analyse(_ analyser: inout Analyser) { stats.analyse(&analyser, inline: true) }

  var description: String { "INLINE \(stats)" }
}

/// `INLINESTATS`: the same in one word.
struct InlineStatsWordCommand: Command {
  static let keyword = "inlinestats"

  var stats: StatsCommand
  var range: SourceRange { stats.range }

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    stats = try StatsCommand(parsing: &parser, keyword: keyword)
  }

  func analyse(_ analyser: inout Analyser) { stats.analyse(&analyser, inline: true) }

  var description: String { "INLINE \(stats)" }
}
