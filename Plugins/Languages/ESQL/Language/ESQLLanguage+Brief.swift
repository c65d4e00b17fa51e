import Meanwhile
import MeanwhileData
import MeanwhileEngine

extension ESQLLanguage {
  /// A query that only hands over rows which are there already, such as `ROW a = 1`, is over in microseconds.
  public func isBrief(_ query: ESQLQuery) -> Bool { query.plan.isGiven }
}

extension Plan {
  /// Whether its rows are few and given, and nothing is computed of them.
  fileprivate var isGiven: Bool {
    switch self {
    case .rows(_, let page): page.rowCount <= 100
    case .project(let input, _), .limit(let input, _): input.isGiven
    case .eval(let input, let assignments): input.isGiven && assignments.allSatisfy { !$0.expression.isComputed }
    default: false
    }
  }
}

extension Expression {
  fileprivate var isComputed: Bool {
    if case .call = self { true } else { false }
  }
}
