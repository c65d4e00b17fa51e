import MeanwhileData
import MeanwhileEngine

/// How many rows an index has is known without reading one.
enum CountFromMetadata {
  static func apply(to plan: Plan) -> Plan {
    guard case .aggregate(let input, let aggregation) = plan, let rowCount = rowCount(of: input), isCount(aggregation) else {
      return plan.over(apply)
    }
    let counts = aggregation.aggregates.map { ColumnBuilder.column(of: [.long(Int64(rowCount))], type: $0.attribute.type) }
    return .rows(aggregation.aggregates.map(\.attribute), Page(rowCount: 1, columns: counts))
  }

  /// Whether there is one group, of which nothing is asked but how many rows it has.
  private static func isCount(_ aggregation: Plan.Aggregation) -> Bool {
    guard aggregation.groups.isEmpty, !aggregation.aggregates.isEmpty else { return false }
    return aggregation.aggregates.allSatisfy { aggregate in
      aggregate.function.name == "count" && aggregate.filter == nil && aggregate.arguments.isEmpty
    }
  }

  /// The rows that a scan of everything gives.
  private static func rowCount(of plan: Plan) -> Int? {
    switch plan {
    case .scan(let scan) where scan.filter == nil: scan.snapshots.reduce(0) { $0 + $1.documentCount }
    case .project(let input, _), .eval(let input, _): rowCount(of: input)
    default: nil
    }
  }
}
