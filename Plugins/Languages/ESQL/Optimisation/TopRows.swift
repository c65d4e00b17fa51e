import MeanwhileEngine

/// A limit over a sort keeps the first rows only; a sort that nobody sees goes.
enum TopRows {
  static func apply(to plan: Plan) -> Plan {
    switch plan {
    case .limit(.sort(let input, let keys), let count): .top(apply(to: withoutSort(input)), keys, count: count)
    case .aggregate(let input, let aggregation) where !isOrderSensitive(aggregation):
      .aggregate(apply(to: withoutSort(input)), aggregation)
    case .sort(let input, let keys): .sort(apply(to: withoutSort(input)), keys)
    default: plan.over(apply)
    }
  }

  /// The plan without the sorts at its end, which what comes next makes pointless.
  private static func withoutSort(_ plan: Plan) -> Plan {
    switch plan {
    case .sort(let input, _): withoutSort(input)
    case .filter(let input, let condition): .filter(withoutSort(input), condition)
    case .eval(let input, let assignments): .eval(withoutSort(input), assignments)
    case .project(let input, let attributes): .project(withoutSort(input), attributes)
    default: plan
    }
  }

  /// Whether an aggregate's result depends on the order of its rows.
  private static func isOrderSensitive(_ aggregation: Plan.Aggregation) -> Bool {
    aggregation.aggregates.contains { $0.function.name == "values" }
  }
}
