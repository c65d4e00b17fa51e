import Meanwhile

/// `RENAME old AS new, new = old`: one after the other.
struct RenameCommand: Command {
  static let keyword = "rename"
  static let mode = Lexer.Mode.pattern

  struct Clause: Sendable, Hashable {
    var old: NameSyntax
    var new: NameSyntax
  }

  var clauses: [Clause]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    clauses = []
    repeat { clauses.append(try Self.clause(&parser)) } while try parser.accept(.comma)
    range = keyword.range.through(parser.previous)
  }

  private static func clause(_ parser: inout Parser) throws(APIError) -> Clause {
    let first = try name(&parser)
    switch parser.current.kind {
    case .as:
      try parser.advance()
      return Clause(old: first, new: try name(&parser))
    case .assign:
      try parser.advance()
      return Clause(old: try name(&parser), new: first)
    default: throw parser.mismatched(["'as'", "'='", "'.'"])
    }
  }

  private static func name(_ parser: inout Parser) throws(APIError) -> NameSyntax {
    let pattern = try parser.namePattern()
    guard let name = pattern.name else {
      throw parser.error("Using wildcards [*] in RENAME is not allowed [\(parser.source.text(of: pattern.range))]", at: pattern.range)
    }
    return NameSyntax(text: name, range: pattern.range)
  }

  var description: String { "RENAME " + clauses.map { "\($0.old) AS \($0.new)" }.joined(separator: ", ") }
}
