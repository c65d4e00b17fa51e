import Meanwhile

/// A command of a query, such as `WHERE` or `STATS`: it reads itself from the parser and prints itself in normal spelling.
///
/// Adding a command is one file in `Commands/` and its type's name in ``Commands``.
protocol Command: Sendable, CustomStringConvertible {
  /// The word it begins with, in lower case.
  static var keyword: String { get }
  /// How the text behind the keyword is cut into tokens.
  static var mode: Lexer.Mode { get }
  /// From its keyword to its last token.
  var range: SourceRange { get }

  /// Reads the command. The parser's current token is the one behind the keyword; when this returns it is the one behind the command.
  init(parsing parser: inout Parser, keyword: Token) throws(APIError)

  /// The data that it reads, which is resolved before analysis.
  var sources: [SourceReference] { get }

  /// Adds the command to the plan. What is wrong with it is noted with the analyser; commands behind it are still looked at.
  func analyse(_ analyser: inout Analyser) throws(APIError)
}

extension Command {
  static var mode: Lexer.Mode { .expression }
  var sources: [SourceReference] { [] }
}

/// The commands there are.
enum Commands {
  /// What a query may begin with.
  static let sources: [any Command.Type] = [FromCommand.self, RowCommand.self, ShowCommand.self]

  /// What may follow a pipe.
  static let processing: [any Command.Type] = [
    ChangePointCommand.self, DedupCommand.self, DissectCommand.self, DistinctCommand.self, DropCommand.self, EnrichCommand.self,
    EvalCommand.self,
    FillNullCommand.self, ForkCommand.self, FuseCommand.self, GrokCommand.self, InlineStatsCommand.self, InlineStatsWordCommand.self,
    KeepCommand.self,
    LimitCommand.self, LookupCommand.self, ExpandCommand.self, RenameCommand.self, SampleCommand.self, SortCommand.self,
    StatsCommand.self, URIPartsCommand.self, WhereCommand.self,
  ]

  /// Words that begin a command of the language which is not here yet: refused by name.
  static let notSupportedYet: Set<String> = [
    "completion", "explain", "insist", "metrics_info", "mmr", "promql", "registered_domain", "rerank", "score",
    "ts", "ts_info", "user_agent",
  ]

  /// The words of a table, as an error lists them.
  static func expectation(_ table: [any Command.Type]) -> [String] {
    table.map { "'\($0.keyword)'" }.sorted()
  }
}
