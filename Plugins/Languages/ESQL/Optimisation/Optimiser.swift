import MeanwhileEngine

/// Rewrites a plan into one that gives the same rows with less work.
///
/// A rule is a function from plan to plan in a file of its own; the table gives their order.
enum Optimiser {
  private static let rules: [@Sendable (_ plan: Plan, _ functions: FunctionRegistry) -> Plan] = [
    { CombinedAlternatives(functions: $1).apply(to: $0) },
    { FilterPushDown(functions: $1).apply(to: $0) },
    { plan, _ in LimitPushDown.apply(to: plan) },
    { plan, _ in TopRows.apply(to: plan) },
    { plan, _ in ColumnPruning.apply(to: plan) },
    { plan, _ in CountFromMetadata.apply(to: plan) },
  ]

  static func optimise(_ plan: Plan, functions: FunctionRegistry) -> Plan {
    rules.reduce(plan) { plan, rule in rule(plan, functions) }
  }
}

extension Plan {
  /// The same operator over another input; a plan without input stays.
  func over(_ rewrite: (Plan) -> Plan) -> Plan {
    switch self {
    case .scan, .rows: self
    case .filter(let input, let condition): .filter(rewrite(input), condition)
    case .eval(let input, let assignments): .eval(rewrite(input), assignments)
    case .project(let input, let attributes): .project(rewrite(input), attributes)
    case .aggregate(let input, let aggregation): .aggregate(rewrite(input), aggregation)
    case .sort(let input, let keys): .sort(rewrite(input), keys)
    case .top(let input, let keys, let count): .top(rewrite(input), keys, count: count)
    case .limit(let input, let count): .limit(rewrite(input), count)
    case .limitBy(let input, let keys, let count): .limitBy(rewrite(input), keys, count: count)
    case .expand(let input, let old, let new): .expand(rewrite(input), old, as: new)
    case .extract(let input, let extraction): .extract(rewrite(input), extraction)
    case .join(let input, let join): .join(rewrite(input), join)
    case .inlineAggregate(let input, let aggregation): .inlineAggregate(rewrite(input), aggregation)
    case .window(let input, let window): .window(rewrite(input), window)
    case .union(let inputs, let attributes): .union(inputs.map(rewrite), attributes)
    }
  }
}
