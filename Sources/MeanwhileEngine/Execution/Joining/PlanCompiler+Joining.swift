import Meanwhile
import MeanwhileData

extension PlanCompiler {
  /// Cuts columns out of a text.
  mutating func extracting(_ input: Plan, _ extraction: Plan.Extraction, _ required: Set<Attribute>) throws -> Pipeline {
    let wanted = extraction.outputs.indices.filter { required.contains(extraction.outputs[$0]) }
    guard !wanted.isEmpty else { return try pipeline(for: input, required: required) }
    var pipeline = try self.pipeline(
      for: input, required: required.subtracting(extraction.outputs).union(extraction.text.attributes))
    pipeline.steps.append(.extract(try pipeline.compiled(extraction.text), extraction.extractor, keep: wanted, extraction.origin))
    pipeline.layout += wanted.map { extraction.outputs[$0] }
    return pipeline
  }

  /// Reads the right side of a join, and finds its rows for those of the left side as they come.
  mutating func joining(_ input: Plan, _ join: Plan.Join, _ required: Set<Attribute>) throws -> Pipeline {
    let needed = join.rightReads.union(required.intersection(join.columns))
    let layout = join.right.output.filter(needed.contains)
    let right = try compile(join.right, columns: layout)
    let pipeline = try self.pipeline(for: input, required: Self.leftReads(join, layout, required))
    return joining(pipeline, join, right, layout, required)
  }

  /// Every row with the aggregates of its group: the rows are kept, aggregated, and joined with what came out.
  mutating func aggregatingInline(_ input: Plan, _ aggregation: Plan.Aggregation, _ required: Set<Attribute>) throws -> Pipeline {
    let added = aggregation.aggregates.map(\.attribute)
    var aggregation = aggregation
    aggregation.aggregates.removeAll { !required.contains($0.attribute) }
    let reads = required.subtracting(added).union(aggregation.reads)
    let layout = input.output.filter(reads.contains)
    let rows = Pipeline(source: .stage(try compile(input, columns: layout)), layout: layout)
    let keys = aggregation.groups.map(\.attribute)
    let rightLayout = aggregation.aggregates.map(\.attribute) + keys
    let results = try append(aggregation, of: rows, rightLayout)
    let join = Plan.Join(
      right: input, keys: aggregation.groups.map { .init(left: $0.expression, right: .column($0.attribute)) },
      columns: aggregation.aggregates.map(\.attribute), matches: .values, nullsMatch: true)
    return joining(rows, join, results, rightLayout, required)
  }

  private static func leftReads(_ join: Plan.Join, _ rightLayout: [Attribute], _ required: Set<Attribute>) -> Set<Attribute> {
    var reads = required.subtracting(join.columns).union(join.condition?.attributes.subtracting(rightLayout) ?? [])
    for key in join.keys { reads.formUnion(key.left.attributes) }
    return reads
  }

  private func joining(
    _ left: Pipeline, _ join: Plan.Join, _ right: Int, _ rightLayout: [Attribute], _ required: Set<Attribute>
  ) -> Pipeline {
    var pipeline = left
    let wanted = join.columns.filter(required.contains)
    pipeline.steps.append(
      .joinWithStage(right, PendingJoin(join: join, rightLayout: rightLayout, leftLayout: left.layout, columns: wanted)))
    pipeline.layout += wanted
    return pipeline
  }

  /// The rows of several plans, one plan after another.
  mutating func unite(_ plans: [Plan], _ attributes: [Attribute], _ columns: [Attribute]) throws -> Stage {
    let places = columns.compactMap { attributes.firstIndex(of: $0) }
    var stages: [Int] = []
    for plan in plans {
      let output = plan.output
      stages.append(try compile(plan, columns: places.map { output[$0] }))
    }
    return Stage(pipeline: Pipeline(source: .pages([]), layout: columns), operation: .unite(stages, columns.map(\.type)))
  }
}

/// A join whose right side is yet to be read.
struct PendingJoin: Sendable {
  var join: Plan.Join
  var rightLayout: [Attribute]
  var leftLayout: [Attribute]
  /// The columns that are added.
  var columns: [Attribute]

  /// - Parameter pages: the right side.
  func table(over pages: [Page], _ scope: StageScope) throws -> JoinTable {
    let rows = try pages.concatenated(rightLayout, scope.signals)
    try scope.memory.reserve(rows.byteCount)
    return try JoinTable(join, rows, rightLayout, leftLayout: leftLayout, columns: columns, scope.frame)
  }
}

extension Plan.Aggregation {
  /// The columns that groups and aggregates read.
  public var reads: Set<Attribute> {
    var reads: Set<Attribute> = []
    for group in groups { reads.formUnion(group.expression.attributes) }
    for aggregate in aggregates {
      for argument in aggregate.arguments { reads.formUnion(argument.attributes) }
      reads.formUnion(aggregate.filter?.attributes ?? [])
    }
    return reads
  }
}
