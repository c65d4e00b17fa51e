import MeanwhileEngine

/// Limits as early as may be: below what computes row by row, and one limit where there were two.
enum LimitPushDown {
  static func apply(to plan: Plan) -> Plan {
    guard case .limit(let input, let count) = plan else { return plan.over(apply) }
    switch input {
    case .limit(let inner, let other): return apply(to: .limit(inner, min(count, other)))
    case .eval(let inner, let assignments): return .eval(apply(to: .limit(inner, count)), assignments)
    case .project(let inner, let attributes): return .project(apply(to: .limit(inner, count)), attributes)
    default: return .limit(apply(to: input), count)
    }
  }
}
