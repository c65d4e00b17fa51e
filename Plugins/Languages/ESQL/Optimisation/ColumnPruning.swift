import MeanwhileEngine

/// Reads and computes only the columns that somebody uses.
enum ColumnPruning {
  static func apply(to plan: Plan) -> Plan {
    prune(plan, needing: Set(plan.output))
  }

  private static func prune(_ plan: Plan, needing needed: Set<Attribute>) -> Plan {
    switch plan {
    case .scan(var scan):
      var read = scan.filter.map { needed.union($0.attributes) } ?? needed
      let wantsScore = scan.columns.contains { column in
        if case .score = column.source { needed.contains(column.attribute) } else { false }
      }
      if wantsScore { read.formUnion(scan.score?.attributes ?? []) } else { scan.score = nil }
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
      return .aggregate(prune(input, needing: aggregation.reads), aggregation)
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
    case .extract(let input, let extraction):
      guard !needed.isDisjoint(with: extraction.outputs) else { return prune(input, needing: needed) }
      return .extract(prune(input, needing: needed.subtracting(extraction.outputs).union(extraction.text.attributes)), extraction)
    case .join(let input, var join):
      join.columns.removeAll { !needed.contains($0) }
      join.right = prune(join.right, needing: join.rightReads.union(join.columns))
      return .join(prune(input, needing: needed.subtracting(join.columns).union(join.leftReads)), join)
    case .inlineAggregate(let input, var aggregation):
      let added = Set(aggregation.aggregates.map(\.attribute))
      aggregation.aggregates.removeAll { !needed.contains($0.attribute) }
      let pruned = prune(input, needing: needed.subtracting(added).union(aggregation.reads))
      return aggregation.aggregates.isEmpty ? pruned : .inlineAggregate(pruned, aggregation)
    case .window(let input, let window):
      guard !needed.isDisjoint(with: window.outputs) else { return prune(input, needing: needed) }
      return .window(prune(input, needing: needed.subtracting(window.outputs).union(window.inputs)), window)
    case .union(let inputs, let attributes):
      let places = attributes.indices.filter { needed.contains(attributes[$0]) }
      let kept = inputs.map { input in
        let output = input.output
        let columns = places.map { output[$0] }
        return Plan.project(prune(input, needing: Set(columns)), columns)
      }
      return .union(kept, places.map { attributes[$0] })
    }
  }

  private static func attributes(_ keys: [Plan.SortKey]) -> Set<Attribute> {
    keys.reduce(into: Set()) { $0.formUnion($1.expression.attributes) }
  }
}
