import Meanwhile
import MeanwhileData
import Synchronization

/// One run of a plan.
final class PlanRun: Sendable {
  let context: ExecutionContext
  let memory: MemoryAccount
  private let cutShort = Atomic(false)
  private let documents = Atomic<Int>(0)
  private let values = Atomic<Int>(0)

  init(_ context: ExecutionContext) {
    self.context = context
    memory = MemoryAccount(context.memory)
  }

  var wasCutShort: Bool { cutShort.load(ordering: .relaxed) }
  var documentsFound: Int { documents.load(ordering: .relaxed) }
  var valuesLoaded: Int { values.load(ordering: .relaxed) }

  func frame() -> EvaluationFrame {
    EvaluationFrame(
      rowCount: 0, page: Page(rowCount: 0, columns: []), warnings: context.warnings, settings: context.settings,
      signals: context.signals, origin: .none)
  }

  // MARK: - Operators that see all rows

  /// The rows of a plan, with the given columns of its output.
  func rows(of plan: Plan, columns: [Attribute]) async throws -> [Page] {
    switch plan {
    case .limit(let input, let count):
      var pipeline = try await self.pipeline(for: input, required: Set(columns))
      try pipeline.project(columns)
      return try await collect(pipeline, limit: max(0, count))
    case .limitBy(let input, let keys, let count): return try await limited(input, by: keys, max(0, count), columns)
    case .sort(let input, let keys): return try await sorted(input, keys, columns)
    case .top(let input, let keys, let count): return try await top(input, keys, max(0, count), columns)
    case .aggregate(let input, let aggregation): return try await aggregated(input, aggregation, columns)
    case .union(let plans, let attributes): return try await united(plans, attributes, columns)
    case .scan, .rows, .filter, .eval, .project, .expand, .extract, .join, .inlineAggregate:
      var pipeline = try await self.pipeline(for: plan, required: Set(columns))
      try pipeline.project(columns)
      return try await collect(pipeline, limit: nil)
    }
  }

  private func collect(_ pipeline: Pipeline, limit: Int?) async throws -> [Page] {
    if case .pages(let pages) = pipeline.source, pipeline.steps.isEmpty { return limit.map { pages.prefix(rowCount: $0) } ?? pages }
    let tracker = limit.map(RowCollector.Limit.init)
    let collectors = try await drive(pipeline) { RowCollector(limit: tracker) }
    return RowCollector.rows(of: collectors, limit: limit)
  }

  private func sorted(_ input: Plan, _ keys: [Plan.SortKey], _ columns: [Attribute]) async throws -> [Page] {
    let pipeline = try await self.pipeline(for: input, required: keys.reduce(into: Set(columns)) { $0.formUnion($1.expression.attributes) })
    let expressions = try keys.map { try pipeline.compiled($0.expression) }
    let channels = try columns.map { try pipeline.channel(of: $0) }
    let layout = pipeline.layout
    let pages = try await collect(pipeline, limit: nil)
    guard !pages.isEmpty else { return [] }
    let all = try pages.concatenated(layout)
    let size = all.byteCount + all.rowCount * 16
    try memory.reserve(size)
    defer { memory.release(size) }
    let frame = frame().over(all)
    let order = RowOrder(try expressions.map { try $0.evaluate(frame) }, keys)
    try context.signals.check()
    let rows = order.sorted(rowCount: all.rowCount)
    try context.signals.check()
    let output = Page(rowCount: all.rowCount, columns: channels.map { all.columns[$0] })
    return stride(from: 0, to: rows.count, by: Page.rowCountMax).map { start in
      output.gather(rows.slice(start..<min(rows.count, start + Page.rowCountMax)))
    }
  }

  private func top(_ input: Plan, _ keys: [Plan.SortKey], _ count: Int, _ columns: [Attribute]) async throws -> [Page] {
    let pipeline = try await self.pipeline(for: input, required: keys.reduce(into: Set(columns)) { $0.formUnion($1.expression.attributes) })
    let expressions = try keys.map { try pipeline.compiled($0.expression) }
    let channels = try columns.map { try pipeline.channel(of: $0) }
    let layout = pipeline.layout
    let sinks = try await drive(pipeline) { TopRows(keys, expressions, layout: layout, count: count) }
    let pages = try TopRows.result(of: sinks, frame())
    return pages.map { page in Page(rowCount: page.rowCount, columns: channels.map { page.columns[$0] }) }
  }

  func aggregated(_ input: Plan, _ aggregation: Plan.Aggregation, _ columns: [Attribute]) async throws -> [Page] {
    let aggregates = aggregation.aggregates.filter { columns.contains($0.attribute) }
    var required: Set<Attribute> = []
    for group in aggregation.groups { required.formUnion(group.expression.attributes) }
    for aggregate in aggregates {
      for argument in aggregate.arguments { required.formUnion(argument.attributes) }
      required.formUnion(aggregate.filter?.attributes ?? [])
    }
    let pipeline = try await self.pipeline(for: input, required: required)
    let specification = Aggregator.Specification(
      keys: try aggregation.groups.map { try pipeline.compiled($0.expression) }, keyTypes: aggregation.groups.map(\.attribute.type),
      aggregates: try aggregates.map { aggregate in
        Aggregator.Aggregate(
          resolution: aggregate.resolution, arguments: try aggregate.arguments.map { try pipeline.compiled($0) },
          filter: try aggregate.filter.map { try pipeline.compiled($0) }, origin: aggregate.origin)
      })
    let frame = frame()
    let workers = try await drive(pipeline) { Aggregator(specification, frame) }
    let page = try workers[0].withSink { first in
      for worker in workers.dropFirst() {
        let before = first.byteCount
        try worker.withSink { try first.merge($0) }
        try memory.reserve(first.byteCount - before)
        try context.signals.check()
      }
      return try first.result()
    }
    let layout = aggregates.map(\.attribute) + aggregation.groups.map(\.attribute)
    let output = try columns.map { column in
      guard let channel = layout.firstIndex(of: column) else {
        throw APIError.internalFailure("the plan lacks the column [\(column.name)]")
      }
      return page.columns[channel]
    }
    return Page(rowCount: page.rowCount, columns: output).slices(rowCountMax: Page.rowCountMax).filter { $0.rowCount > 0 }
  }

  // MARK: - Pipelines

  /// The pipeline that gives a plan's rows, with at least the required columns.
  func pipeline(for plan: Plan, required: Set<Attribute>) async throws -> Pipeline {
    switch plan {
    case .scan(let scan): return try scanning(scan, filters: [], required: required)
    case .rows(let attributes, let page):
      let channels = attributes.indices.filter { required.contains(attributes[$0]) }
      let kept = Page(rowCount: page.rowCount, columns: channels.map { page.columns[$0] })
      return Pipeline(source: .pages([kept]), layout: channels.map { attributes[$0] })
    case .filter(let input, let condition): return try await filtering(input, condition.conjuncts, required)
    case .eval(let input, let assignments): return try await evaluating(input, assignments, required)
    case .project(let input, let attributes):
      return try await pipeline(for: input, required: required.intersection(attributes))
    case .expand(let input, let old, let new):
      // Whether or not anything reads the column, it decides how many rows there are.
      var pipeline = try await self.pipeline(for: input, required: required.subtracting([new]).union([old]))
      let channel = try pipeline.channel(of: old)
      pipeline.steps.append(.expand(channel))
      pipeline.layout[channel] = new
      return pipeline
    case .extract(let input, let extraction): return try await extracting(input, extraction, required)
    case .join(let input, let join): return try await joining(input, join, required)
    case .inlineAggregate(let input, let aggregation): return try await aggregatingInline(input, aggregation, required)
    case .aggregate, .sort, .top, .limit, .limitBy, .union:
      let columns = plan.output.filter(required.contains)
      return Pipeline(source: .pages(try await rows(of: plan, columns: columns)), layout: columns)
    }
  }

  private func filtering(_ input: Plan, _ conditions: [Expression], _ required: Set<Attribute>) async throws -> Pipeline {
    if case .scan(let scan) = input { return try scanning(scan, filters: conditions, required: required) }
    if case .filter(let inner, let condition) = input { return try await filtering(inner, condition.conjuncts + conditions, required) }
    var pipeline = try await self.pipeline(for: input, required: conditions.reduce(into: required) { $0.formUnion($1.attributes) })
    let compiled = try conditions.map { try pipeline.compiled($0) }
    let keep = pipeline.layout.indices.filter { required.contains(pipeline.layout[$0]) }
    pipeline.steps.append(.filter(compiled, keep: keep))
    pipeline.layout = keep.map { pipeline.layout[$0] }
    return pipeline
  }

  private func evaluating(_ input: Plan, _ assignments: [Plan.Assignment], _ required: Set<Attribute>) async throws -> Pipeline {
    var needed = required
    var kept: [Plan.Assignment] = []
    for assignment in assignments.reversed() where needed.contains(assignment.attribute) {
      needed.remove(assignment.attribute)
      needed.formUnion(assignment.expression.attributes)
      kept.append(assignment)
    }
    var pipeline = try await self.pipeline(for: input, required: needed)
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

  // MARK: - Workers

  /// Runs a pipeline: workers pull morsels in order until there are none, or none is wanted.
  func drive<Sink: PipelineSink>(_ pipeline: Pipeline, makeSink: () -> Sink) async throws -> [WorkerSlot<Sink>] {
    let morsels = pipeline.morsels
    if case .scan(let scan) = pipeline.source { context.progress.expect(rows: scan.rowCount) }
    let workers = (0..<max(1, min(context.workerCount, morsels.count))).map { _ in WorkerSlot(makeSink()) }
    let next = MorselCounter(count: morsels.count)
    guard workers.count > 1 else {
      try await work(pipeline, morsels, next, workers[0])
      return workers
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in workers { group.addTask { try await self.work(pipeline, morsels, next, worker) } }
      try await group.waitForAll()
    }
    return workers
  }

  private func work<Sink: PipelineSink>(
    _ pipeline: Pipeline, _ morsels: [Pipeline.Morsel], _ next: MorselCounter, _ worker: WorkerSlot<Sink>
  ) async throws {
    let frame = frame()
    while let number = next.take() {
      try context.signals.check()
      try Task.checkCancellation()
      if context.signals.shouldFinishEarly {
        cutShort.store(true, ordering: .relaxed)
        return
      }
      if worker.withSink(\.isFinished) { return }
      worker.withSink { $0.begin(morsel: number) }
      try work(on: morsels[number], of: pipeline, frame, worker)
      worker.withSink { $0.end(morsel: number) }
      // Lets requests through: the query's threads are everybody's.
      await Task.yield()
    }
  }

  private func work<Sink: PipelineSink>(
    on morsel: Pipeline.Morsel, of pipeline: Pipeline, _ frame: EvaluationFrame, _ worker: WorkerSlot<Sink>
  ) throws {
    var reader: SegmentReader? =
      if case .scan(let scan) = pipeline.source { SegmentReader(scan, unit: scan.units[morsel.unit]) } else { nil }
    defer { values.add(reader?.valuesLoaded ?? 0, ordering: .relaxed) }
    for start in stride(from: morsel.rows.lowerBound, to: morsel.rows.upperBound, by: Page.rowCountMax) {
      try context.signals.check()
      if context.signals.shouldFinishEarly { return cutShort.store(true, ordering: .relaxed) }
      if worker.withSink(\.isSatisfied) { return }
      let rows = start..<min(morsel.rows.upperBound, start + Page.rowCountMax)
      var page: Page?
      if case .pages(let pages) = pipeline.source {
        page = pages[morsel.unit].slice(rows)
      } else {
        page = try reader?.read(rows, frame)
        documents.add(page?.rowCount ?? 0, ordering: .relaxed)
        context.progress.advance(rows: rows.count, bytes: page?.byteCount ?? 0)
      }
      guard let page else { continue }
      try worker.withSink { sink in
        // Accounted for and asked after each batch that comes out: one that goes in may expand to any number of rows.
        _ = try pipeline.process(page, frame) { batch in
          let before = sink.byteCount
          try sink.consume(batch, frame)
          try memory.reserve(sink.byteCount - before)
          try context.signals.check()
          if context.signals.shouldFinishEarly { cutShort.store(true, ordering: .relaxed) }
          return !sink.isSatisfied && !context.signals.shouldFinishEarly
        }
      }
    }
  }
}

/// Hands out morsels, each to one worker, in order.
final class MorselCounter: Sendable {
  private let taken = Atomic<Int>(0)
  private let count: Int

  init(count: Int) { self.count = count }

  func take() -> Int? {
    let number = taken.add(1, ordering: .relaxed).oldValue
    return number < count ? number : nil
  }
}

extension Pipeline {
  /// Ends with these columns in this order.
  mutating func project(_ columns: [Attribute]) throws {
    guard layout != columns else { return }
    let channels = try columns.map { try channel(of: $0) }
    if case .pages(let pages) = source, steps.isEmpty {
      source = .pages(pages.map { page in Page(rowCount: page.rowCount, columns: channels.map { page.columns[$0] }) })
    } else {
      steps.append(.project(channels))
    }
    layout = columns
  }
}

extension Expression {
  /// The conditions that must all be true for a conjunction to be.
  var conjuncts: [Expression] {
    guard case .call(let call) = self, call.function.name == LogicOperator.and.rawValue else { return [self] }
    return call.arguments.flatMap(\.conjuncts)
  }
}
