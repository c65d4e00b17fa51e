import Meanwhile
import MeanwhileEngine

/// `DEDUP`: rows that are the same in every column come once.
struct DedupCommand: Command {
  static let keyword = "dedup"

  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    range = keyword.range
  }

  func analyse(_ analyser: inout Analyser) { analyser.removeDuplicates() }

  var description: String { "DEDUP" }
}

/// `DISTINCT`: another word for ``DedupCommand``.
struct DistinctCommand: Command {
  static let keyword = "distinct"

  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    range = keyword.range
  }

  func analyse(_ analyser: inout Analyser) { analyser.removeDuplicates() }

  var description: String { "DISTINCT" }
}

extension Analyser {
  /// Keeps one row of those that are the same in every visible column.
  mutating func removeDuplicates() {
    plan = columns.isEmpty ? .limit(plan, 1) : .limitBy(plan, columns, count: 1)
  }
}
