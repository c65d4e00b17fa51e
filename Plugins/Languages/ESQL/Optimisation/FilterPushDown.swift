import MeanwhileEngine

/// Filters as early as may be: rows that go need not be computed or sorted, and a scan filters where the data is.
struct FilterPushDown {
  let functions: FunctionRegistry

  func apply(to plan: Plan) -> Plan {
    guard case .filter(let input, let condition) = plan else { return plan.over(apply) }
    return conjuncts(condition).reduce(apply(to: input)) { push($1, into: $0) }
  }

  private func push(_ condition: Expression, into plan: Plan) -> Plan {
    switch plan {
    case .scan(var scan):
      scan.filter = both(scan.filter, condition)
      return .scan(scan)
    case .filter(let input, let before):
      // Filters stay in the order of the query, as one condition where they meet.
      guard let joined = both(before, condition) else { return .filter(plan, condition) }
      return .filter(input, joined)
    case .eval(let input, let assignments) where reads(condition, noneOf: assignments.map(\.attribute)):
      return .eval(push(condition, into: input), assignments)
    case .sort(let input, let keys): return .sort(push(condition, into: input), keys)
    case .expand(let input, let old, let new) where reads(condition, noneOf: [new]):
      return .expand(push(condition, into: input), old, as: new)
    case .extract(let input, let extraction) where reads(condition, noneOf: extraction.outputs):
      return .extract(push(condition, into: input), extraction)
    case .join(let input, let join) where reads(condition, noneOf: join.columns): return .join(push(condition, into: input), join)
    default: return .filter(plan, condition)
    }
  }

  private func reads(_ condition: Expression, noneOf attributes: [Attribute]) -> Bool {
    condition.attributes.isDisjoint(with: attributes)
  }

  private func conjuncts(_ condition: Expression) -> [Expression] {
    guard case .call(let call) = condition, call.function.name == OperatorName.and else { return [condition] }
    return call.arguments.flatMap(conjuncts)
  }

  private func both(_ left: Expression?, _ right: Expression) -> Expression? {
    guard let left else { return right }
    return try? functions.call(OperatorName.and, [left, right])
  }
}
