import MeanwhileEngine

/// Reads and computes only the columns that somebody uses.
enum ColumnPruning {
  static func apply(to plan: Plan) -> Plan {
    prune(plan, needing: Set(plan.output))
  }

  private static func prune(_ plan: Plan, needing needed: Set<Attribute>) -> Plan {
    switch plan {
    case .scan(var scan):
      let read = scan.filter.map { needed.union($0.attributes) } ?? needed
      scan.columns.removeAll { !read.contains($0.attribute) }
      return .scan(scan)
    case .rows: return plan
    case .filter(let input, let condition): return .filter(prune(input, needing: needed.union(condition.attributes)), condition)
    case .eval(let input, let assignments):
      var needed = needed
      var kept: [Plan.Assignment] = []
      for assignment in assignments.reversed() where needed.remove(assignment.attribute) != nil {
        needed.formUnion(assignment.expression.attributes)
        kept.append(assignment)
      }
      let pruned = prune(input, needing: needed)
      return kept.isEmpty ? pruned : .eval(pruned, kept.reversed())
    case .project(let input, let attributes):
      let kept = attributes.filter(needed.contains)
      return .project(prune(input, needing: Set(kept)), kept)
    case .aggregate(let input, var aggregation):
      // An aggregation without groups gives its one row whatever it computes.
      aggregation.aggregates.removeAll { !needed.contains($0.attribute) }
      var read: Set<Attribute> = []
      for group in aggregation.groups { read.formUnion(group.expression.attributes) }
      for aggregate in aggregation.aggregates {
        for argument in aggregate.arguments { read.formUnion(argument.attributes) }
        if let filter = aggregate.filter { read.formUnion(filter.attributes) }
      }
      return .aggregate(prune(input, needing: read), aggregation)
    case .sort(let input, let keys): return .sort(prune(input, needing: needed.union(attributes(keys))), keys)
    case .top(let input, let keys, let count):
      return .top(prune(input, needing: needed.union(attributes(keys))), keys, count: count)
    case .limit(let input, let count): return .limit(prune(input, needing: needed), count)
    case .limitBy(let input, let keys, let count): return .limitBy(prune(input, needing: needed.union(keys)), keys, count: count)
    case .expand(let input, let old, let new):
      var needed = needed
      needed.remove(new)
      needed.insert(old)
      return .expand(prune(input, needing: needed), old, as: new)
    }
  }

  private static func attributes(_ keys: [Plan.SortKey]) -> Set<Attribute> {
    keys.reduce(into: Set()) { $0.formUnion($1.expression.attributes) }
  }
}
