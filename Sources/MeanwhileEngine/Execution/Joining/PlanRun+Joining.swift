import Meanwhile
import MeanwhileData

extension PlanRun {
  /// Cuts columns out of a text.
  func extracting(_ input: Plan, _ extraction: Plan.Extraction, _ required: Set<Attribute>) async throws -> Pipeline {
    let wanted = extraction.outputs.indices.filter { required.contains(extraction.outputs[$0]) }
    guard !wanted.isEmpty else { return try await pipeline(for: input, required: required) }
    var pipeline = try await self.pipeline(
      for: input, required: required.subtracting(extraction.outputs).union(extraction.text.attributes))
    pipeline.steps.append(.extract(try pipeline.compiled(extraction.text), extraction.extractor, keep: wanted, extraction.origin))
    pipeline.layout += wanted.map { extraction.outputs[$0] }
    return pipeline
  }

  /// Reads the right side of a join, and finds its rows for those of the left side as they come.
  func joining(_ input: Plan, _ join: Plan.Join, _ required: Set<Attribute>) async throws -> Pipeline {
    let needed = join.rightReads.union(required.intersection(join.columns))
    let layout = join.right.output.filter(needed.contains)
    let rows = try await kept(try await rows(of: join.right, columns: layout), layout)
    return try await joining(input, join, rows, layout, required)
  }

  /// Every row with the aggregates of its group: the rows are kept, aggregated, and joined with what came out.
  func aggregatingInline(_ input: Plan, _ aggregation: Plan.Aggregation, _ required: Set<Attribute>) async throws -> Pipeline {
    let added = aggregation.aggregates.map(\.attribute)
    var aggregation = aggregation
    aggregation.aggregates.removeAll { !required.contains($0.attribute) }
    let reads = required.subtracting(added).union(aggregation.reads)
    let layout = input.output.filter(reads.contains)
    let page = try await kept(try await rows(of: input, columns: layout), layout)
    let source = Plan.rows(layout, page)
    let keys = aggregation.groups.map(\.attribute)
    let rightLayout = aggregation.aggregates.map(\.attribute) + keys
    let results = try await kept(try await aggregated(source, aggregation, rightLayout), rightLayout)
    let join = Plan.Join(
      right: source, keys: aggregation.groups.map { .init(left: $0.expression, right: .column($0.attribute)) },
      columns: aggregation.aggregates.map(\.attribute), matches: .values, nullsMatch: true)
    return try await joining(source, join, results, rightLayout, required)
  }

  private func joining(
    _ input: Plan, _ join: Plan.Join, _ rows: Page, _ rightLayout: [Attribute], _ required: Set<Attribute>
  ) async throws -> Pipeline {
    let wanted = join.columns.filter(required.contains)
    let conditionReads = join.condition?.attributes.subtracting(rightLayout) ?? []
    var leftReads = conditionReads
    for key in join.keys { leftReads.formUnion(key.left.attributes) }
    var pipeline = try await self.pipeline(for: input, required: required.subtracting(join.columns).union(leftReads))
    pipeline.steps.append(.join(try JoinTable(join, rows, rightLayout, leftLayout: pipeline.layout, columns: wanted, frame())))
    pipeline.layout += wanted
    return pipeline
  }

  /// Rows as one batch, counted until the run ends.
  private func kept(_ pages: [Page], _ layout: [Attribute]) async throws -> Page {
    let page = try pages.concatenated(layout)
    try memory.reserve(page.byteCount)
    try context.signals.check()
    return page
  }

  /// The rows of several plans, one plan after another.
  func united(_ plans: [Plan], _ attributes: [Attribute], _ columns: [Attribute]) async throws -> [Page] {
    let places = columns.compactMap { attributes.firstIndex(of: $0) }
    var pages: [Page] = []
    for plan in plans {
      let output = plan.output
      for var page in try await rows(of: plan, columns: places.map { output[$0] }) {
        page.columns = zip(page.columns, columns).map { $0.retyped($1.type) }
        pages.append(page)
      }
    }
    return pages
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
