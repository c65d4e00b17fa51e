/// A query as it was written: settings, then commands in the order in which rows flow through them.
struct QuerySyntax: Sendable, CustomStringConvertible {
  var source: QuerySource
  var settings: [SettingSyntax]
  /// The first one is a source of rows; there is at least that one.
  var commands: [any Command]

  /// The data that all commands read.
  var sources: [SourceReference] { commands.flatMap(\.sources) }

  /// The query in one normal spelling.
  var description: String {
    settings.map { "SET \($0.name) = \($0.value); " }.joined() + commands.map { "\($0)" }.joined(separator: " | ")
  }
}

/// `SET name = value;` in front of a query.
struct SettingSyntax: Sendable, Hashable {
  var name: String
  var value: LiteralSyntax
  var range: SourceRange
}
