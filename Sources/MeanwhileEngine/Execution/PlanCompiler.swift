import Meanwhile
import MeanwhileData

/// Turns a plan into stages, in the order in which they run. Only columns that something behind reads are read or computed.
struct PlanCompiler {
  private var stages: [Stage] = []
  /// The columns that the rows of what is being compiled will be sorted by, with nothing between that asks for an order.
  private var sortedBy: Set<Attribute> = []

  /// The stages, of which the last gives the plan's rows.
  ///
  /// - Throws: a 500 where the plan does not fit together.
  static func stages(of plan: Plan) throws -> [Stage] {
    var compiler = PlanCompiler()
    _ = try compiler.compile(plan, columns: plan.output)
    return compiler.stages
  }

  // MARK: - Stages

  /// Appends the stages that give a plan's rows, with the given columns of its output.
  ///
  /// - Returns: the number of the last of them.
  mutating func compile(_ plan: Plan, columns: [Attribute]) throws -> Int {
    stages.append(try stage(plan, columns))
    return stages.count - 1
  }

  private mutating func stage(_ plan: Plan, _ columns: [Attribute]) throws -> Stage {
    let sortedBy = sortedBy
    self.sortedBy = []
    switch plan {
    case .limit(let input, let count):
      var pipeline = try self.pipeline(for: input, required: Set(columns))
      try pipeline.project(columns)
      return Stage(pipeline: pipeline, operation: .collect(limit: max(0, count)))
    case .limitBy(let input, let keys, let count):
      let layout = columns + keys.filter { !columns.contains($0) }
      var pipeline = try self.pipeline(for: input, required: Set(layout))
      try pipeline.project(layout)
      let limit = LimitBy(keys: keys.compactMap { layout.firstIndex(of: $0) }, visible: columns.count, count: max(0, count))
      return Stage(pipeline: pipeline, operation: .limitBy(limit))
    case .sort(let input, let keys):
      let (pipeline, expressions, channels) = try sorting(input, keys, columns)
      let sort = RowSort(keys: keys, expressions: expressions, layout: pipeline.layout, channels: channels)
      return Stage(pipeline: pipeline, operation: .sort(sort))
    case .top(let input, let keys, let count):
      let (pipeline, expressions, channels) = try sorting(input, keys, columns)
      let top = TopRows.Specification(
        keys: keys, expressions: expressions, layout: pipeline.layout, channels: channels, count: max(0, count))
      return Stage(pipeline: pipeline, operation: .top(top))
    case .aggregate(let input, var aggregation):
      aggregation.aggregates.removeAll { !columns.contains($0.attribute) }
      let pipeline = try self.pipeline(for: input, required: aggregation.reads)
      // Where groups are sorted by all their keys, no two of them are equal, and the order in which they come does not matter.
      let isOrdered = !aggregation.groups.allSatisfy { sortedBy.contains($0.attribute) }
      return try Self.stage(aggregation, of: pipeline, columns, isOrdered: isOrdered)
    case .union(let plans, let attributes): return try unite(plans, attributes, columns)
    case .scan, .rows, .filter, .eval, .project, .expand, .extract, .join, .inlineAggregate:
      var pipeline = try self.pipeline(for: plan, required: Set(columns))
      try pipeline.project(columns)
      return Stage(pipeline: pipeline, operation: .collect(limit: nil))
    }
  }

  private mutating func sorting(
    _ input: Plan, _ keys: [Plan.SortKey], _ columns: [Attribute]
  ) throws -> (pipeline: Pipeline, keys: [CompiledExpression], channels: [Int]) {
    sortedBy = Set(keys.compactMap { key in if case .column(let column) = key.expression { column } else { nil } })
    let pipeline = try self.pipeline(for: input, required: keys.reduce(into: Set(columns)) { $0.formUnion($1.expression.attributes) })
    sortedBy = []
    return (pipeline, try keys.map { try pipeline.compiled($0.expression) }, try columns.map { try pipeline.channel(of: $0) })
  }

  /// Appends an aggregation of a pipeline's rows.
  mutating func append(_ aggregation: Plan.Aggregation, of pipeline: Pipeline, _ columns: [Attribute]) throws -> Int {
    stages.append(try Self.stage(aggregation, of: pipeline, columns))
    return stages.count - 1
  }

  private static func stage(
    _ aggregation: Plan.Aggregation, of pipeline: Pipeline, _ columns: [Attribute], isOrdered: Bool = true
  ) throws -> Stage {
    var specification = Aggregator.Specification(
      keys: try aggregation.groups.map { try pipeline.compiled($0.expression) }, keyTypes: aggregation.groups.map(\.attribute.type),
      aggregates: try aggregation.aggregates.map { aggregate in
        Aggregator.Aggregate(
          resolution: aggregate.resolution, arguments: try aggregate.arguments.map { try pipeline.compiled($0) },
          filter: try aggregate.filter.map { try pipeline.compiled($0) }, origin: aggregate.origin)
      })
    specification.isOrdered = isOrdered
    let layout = aggregation.aggregates.map(\.attribute) + aggregation.groups.map(\.attribute)
    let channels = try columns.map { column in
      guard let channel = layout.firstIndex(of: column) else {
        throw APIError.internalFailure("the plan lacks the column [\(column.name)]")
      }
      return channel
    }
    return Stage(pipeline: pipeline, operation: .aggregate(specification, channels: channels))
  }

  // MARK: - Pipelines

  /// The pipeline that gives a plan's rows, with at least the required columns.
  mutating func pipeline(for plan: Plan, required: Set<Attribute>) throws -> Pipeline {
    switch plan {
    case .filter, .eval, .project, .aggregate: break
    default: sortedBy = []
    }
    switch plan {
    case .scan(let scan): return try scanning(scan, filters: [], required: required)
    case .rows(let attributes, let page):
      let channels = attributes.indices.filter { required.contains(attributes[$0]) }
      let kept = Page(rowCount: page.rowCount, columns: channels.map { page.columns[$0] })
      return Pipeline(source: .pages([kept]), layout: channels.map { attributes[$0] })
    case .filter(let input, let condition): return try filtering(input, condition.conjuncts, required)
    case .eval(let input, let assignments): return try evaluating(input, assignments, required)
    case .project(let input, let attributes): return try pipeline(for: input, required: required.intersection(attributes))
    case .expand(let input, let old, let new):
      // Whether or not anything reads the column, it decides how many rows there are.
      var pipeline = try self.pipeline(for: input, required: required.subtracting([new]).union([old]))
      let channel = try pipeline.channel(of: old)
      pipeline.steps.append(.expand(channel))
      pipeline.layout[channel] = new
      return pipeline
    case .extract(let input, let extraction): return try extracting(input, extraction, required)
    case .join(let input, let join): return try joining(input, join, required)
    case .inlineAggregate(let input, let aggregation): return try aggregatingInline(input, aggregation, required)
    case .aggregate, .sort, .top, .limit, .limitBy, .union:
      let columns = plan.output.filter(required.contains)
      return Pipeline(source: .stage(try compile(plan, columns: columns)), layout: columns)
    }
  }

  private mutating func filtering(_ input: Plan, _ conditions: [Expression], _ required: Set<Attribute>) throws -> Pipeline {
    if case .scan(let scan) = input { return try scanning(scan, filters: conditions, required: required) }
    if case .filter(let inner, let condition) = input { return try filtering(inner, condition.conjuncts + conditions, required) }
    var pipeline = try self.pipeline(for: input, required: conditions.reduce(into: required) { $0.formUnion($1.attributes) })
    let compiled = try conditions.map { try pipeline.condition($0) }
    let keep = pipeline.layout.indices.filter { required.contains(pipeline.layout[$0]) }
    pipeline.steps.append(.filter(compiled, keep: keep))
    pipeline.layout = keep.map { pipeline.layout[$0] }
    return pipeline
  }

  private mutating func evaluating(_ input: Plan, _ assignments: [Plan.Assignment], _ required: Set<Attribute>) throws -> Pipeline {
    var needed = required
    var kept: [Plan.Assignment] = []
    for assignment in assignments.reversed() where needed.contains(assignment.attribute) {
      needed.remove(assignment.attribute)
      needed.formUnion(assignment.expression.attributes)
      kept.append(assignment)
    }
    var pipeline = try self.pipeline(for: input, required: needed)
    for assignment in kept.reversed() {
      pipeline.steps.append(.eval([try pipeline.compiled(assignment.expression)]))
      pipeline.layout.append(assignment.attribute)
    }
    return pipeline
  }

  private func scanning(_ scan: Plan.Scan, filters: [Expression], required: Set<Attribute>) throws -> Pipeline {
    let output = scan.columns.filter { required.contains($0.attribute) }
    let source = try ScanSource(scan, filter: (scan.filter?.conjuncts ?? []) + filters, output: output)
    return Pipeline(source: .scan(source), layout: output.map(\.attribute))
  }
}

extension Expression {
  /// The conditions that must all be true for a conjunction to be.
  var conjuncts: [Expression] {
    guard case .call(let call) = self, call.function.name == LogicOperator.and.rawValue else { return [self] }
    return call.arguments.flatMap(\.conjuncts)
  }
}
