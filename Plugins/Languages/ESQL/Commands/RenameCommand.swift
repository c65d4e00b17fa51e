import Meanwhile
import MeanwhileData
import MeanwhileEngine

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

  /// Clauses apply one after the other, each to what those before it left. A new name hides the column that had it.
  func analyse(_ analyser: inout Analyser) {
    var columns = analyser.columns
    var history: [String: String] = [:]
    for clause in clauses where clause.old.text != clause.new.text {
      guard let index = columns.firstIndex(where: { $0.name == clause.old.text }) else {
        if let now = history[clause.old.text] {
          analyser.problem(
            "Column [\(clause.old)] renamed to [\(now)] and is no longer available [\(clause.old) AS \(clause.new)]", at: clause.old.range)
        } else if let attribute = analyser.column(clause.old) {
          columns.append(attribute.renamed(clause.new.text))
        }
        continue
      }
      columns[index] = columns[index].renamed(clause.new.text)
      let renamed = columns[index]
      columns.removeAll { $0.name == clause.new.text && $0 != renamed }
      history[clause.old.text] = clause.new.text
    }
    analyser.setColumns(columns)
  }

  var description: String { "RENAME " + clauses.map { "\($0.old) AS \($0.new)" }.joined(separator: ", ") }
}
