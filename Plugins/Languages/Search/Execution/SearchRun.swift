import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// One search: which indices, which documents, which of them first, and what they add up to.
struct SearchRun {
  let request: SearchRequest
  let context: QueryContext
  private let registry: FunctionRegistry
  private let environment: Environment
  private let started: UInt64
  private let now: Timestamp

  init(_ request: SearchRequest, in context: QueryContext, registry: FunctionRegistry) {
    self.request = request
    self.context = context
    self.registry = registry
    environment = context.session.service.environment
    started = environment.time.uptimeNanoseconds()
    now = environment.time.now()
  }

  /// Runs the search; with a `timeout`, answers then with what there is.
  func run() async throws -> SearchOutput {
    guard let timeout = request.timeout, timeout > .zero else { return try await search() }
    let signals = context.signals
    let time = environment.time
    return try await withThrowingTaskGroup(of: SearchOutput?.self) { group in
      group.addTask { try await search() }
      group.addTask {
        try? await time.sleep(for: timeout)
        if !Task.isCancelled { signals.requestEarlyFinish() }
        return nil
      }
      defer { group.cancelAll() }
      while let output = try await group.next() {
        if let output { return output }
      }
      throw CancellationError()
    }
  }

  private var execution: ExecutionContext {
    var execution = ExecutionContext(
      signals: context.signals, progress: context.progress, memory: context.memory, settings: QuerySettings(now: now))
    execution.announcesRows = false
    return execution
  }

  /// Announces the rows of all passes over the data, so that progress never goes back.
  private func announce(_ snapshots: [IndexSnapshot]) {
    let rowCount = snapshots.reduce(0) { $0 + $1.segments.reduce(0) { $0 + $1.segment.rowCount } }
    let passCount = (request.searchAfter == nil ? 1 : 2) + (request.aggregations.isEmpty ? 0 : request.aggregations.passCount)
    context.progress.expect(rows: rowCount * passCount)
  }

  private func snapshots() async throws -> [IndexSnapshot] {
    let store = try context.session.resource((any IndexStore).self)
    return try await store.snapshots(of: try await store.resolver().targets(of: request.indices, options: request.indexOptions), now: now)
  }

  private func scan(_ compiler: SearchQueryCompiler, _ condition: Expression, score: Expression? = nil) -> Plan.Scan {
    Plan.Scan(snapshots: compiler.fields.snapshots, columns: compiler.fields.columns, filter: condition, score: score)
  }

  private func both(_ left: Expression, _ right: Expression) throws -> Expression {
    do {
      return try registry.call(OperatorName.and, [left, right])
    } catch {
      throw APIError.internalFailure(error.message)
    }
  }

  // MARK: - The search

  private func search() async throws -> SearchOutput {
    let snapshots = try await snapshots()
    announce(snapshots)
    var soFar = SearchSoFar(snapshots)
    offer(soFar)
    var compiler = SearchQueryCompiler(snapshots, now: now, registry: registry)
    let condition = try compiler.condition(request.query)
    let sort = try SearchSort(request.sortsByScore ? [] : request.sort, &compiler)
    try compiler.fields.checkReadable()
    let hasScores = request.sortsByScore || request.tracksScores || sort.keys.contains { $0.field == "_score" }
    let score = try hasScores || request.minimumScore != nil ? self.score(&compiler) : nil
    var filter = condition
    if let minimum = request.minimumScore, let score {
      do {
        filter = try both(condition, try registry.call(">=", [score, .literal(.double(minimum), .double)]))
      } catch let error as FunctionError {
        throw APIError.internalFailure(error.message)
      }
    }
    let aggregated = filter
    if let postFilter = request.postFilter { filter = try both(filter, try compiler.condition(postFilter)) }
    let passes = EnginePasses(execution)
    var aggregations = AggregationRun(
      compiler: compiler, registry: registry, passes: passes, signals: context.signals, typesKeys: request.typesKeys)
    if !request.aggregations.isEmpty {
      soFar = SearchSoFar(snapshots, passes: passes) { [aggregations, request] in
        var shown = aggregations
        shown.passes = await passes.soFar()
        return try? await shown.run(request.aggregations, filter: aggregated)
      }
      offer(soFar)
    }
    var found = try await top(&compiler, filter, sort, score: hasScores ? score : nil, watch: soFar.hits)
    let results = request.aggregations.isEmpty ? nil : try await aggregations.run(request.aggregations, filter: aggregated)
    found.isPartial = found.isPartial || passes.wasCutShort
    return try render(found, sort, results, compiler)
  }

  private func offer(_ soFar: SearchSoFar) {
    context.partial.offer { [time = environment.time, started] in
      await soFar.output(took: .milliseconds(Int64(clamping: (time.uptimeNanoseconds() &- started) / 1_000_000)))
    }
  }

  private func score(_ compiler: inout SearchQueryCompiler) throws -> Expression {
    let signals = context.signals
    return try compiler.score(request.query) { try signals.check() }
  }

  /// The first hits in order, and how many there are.
  private struct Found {
    /// Document reference, score where there is one, then the sort's values.
    var rows: [[Value]]
    var total: Int
    var isPartial: Bool
    var hasScores: Bool
  }

  private func top(
    _ compiler: inout SearchQueryCompiler, _ filter: Expression, _ sort: SearchSort, score: Expression?, watch: PlanWatch
  ) async throws -> Found {
    let document = compiler.metadata("_doc")
    let relevance = score.map { _ in compiler.metadata("_score") }
    let columns = [document] + (relevance.map { [$0] } ?? []) + sort.keys.map(\.attribute)
    var keys = sort.planKeys
    if request.sortsByScore, let relevance {
      // Documents of one score come in the order of the index.
      keys = [Plan.SortKey(.column(relevance), isAscending: false, nullsFirst: false)]
    }
    let wanted = request.from + request.size
    let executor = Executor(execution)
    guard let after = request.searchAfter, !sort.keys.isEmpty || request.sortsByScore else {
      let plan = Plan.project(.top(.scan(scan(compiler, filter, score: score)), keys, count: wanted), columns)
      let result = try await executor.run(plan, watch: watch)
      return Found(rows: result.table.rows, total: result.documentsFound, isPartial: result.isPartial, hasScores: score != nil)
    }
    // The total counts what comes before the cursor too. The empty `eval` keeps the cursor out of the scan, where scores are not known yet.
    let all = try await executor.run(.top(.scan(scan(compiler, filter)), [], count: 0), watch: watch)
    var rest = Plan.scan(scan(compiler, filter, score: score))
    if request.sortsByScore, let relevance {
      let key = SearchSort.Key(field: "_score", attribute: relevance, isAscending: false, nullsFirst: false)
      rest = .filter(.eval(rest, []), try SearchCursor(after, keys: [key]).condition([relevance]))
    } else {
      rest = .filter(.eval(rest, []), try SearchCursor(after, keys: sort.keys).condition(sort.keys.map(\.attribute)))
    }
    let result = try await executor.run(.project(.top(rest, keys, count: wanted), columns))
    return Found(
      rows: result.table.rows, total: all.documentsFound, isPartial: all.isPartial || result.isPartial, hasScores: score != nil)
  }

  // MARK: - The response

  private func render(_ found: Found, _ sort: SearchSort, _ aggregations: JSONObject?, _ compiler: SearchQueryCompiler) throws
    -> SearchOutput
  {
    let snapshots = compiler.fields.snapshots
    let took = (environment.time.uptimeNanoseconds() &- started) / 1_000_000
    let timedOut = found.isPartial && request.timeout != nil
    let out = VectorBuilder<UInt8>(capacity: 4_096)
    out.append("{\"took\":")
    NumberText.append(took, to: out)
    out.append(timedOut ? ",\"timed_out\":true,\"_shards\":" : ",\"timed_out\":false,\"_shards\":")
    out.append(json: .shards(snapshots.count))
    out.append(",\"hits\":{")
    if let total = total(found.total) {
      out.append("\"total\":")
      out.append(json: total)
      out.append(",")
    }
    out.append("\"max_score\":")
    // Without an order of relevance the greatest score of all hits is not known.
    let best = request.sortsByScore && request.size > 0 ? found.rows.first.flatMap { score(of: $0, found) } : nil
    out.append(json: best.map { .double(FieldRendering.score($0)) } ?? .null)
    out.append(",\"hits\":[")
    let fetcher = try HitFetcher(request, snapshots: snapshots, fieldPaths: compiler.fields.paths)
    var reserved = 0
    defer { context.memory.release(reserved) }
    for (position, row) in found.rows.dropFirst(request.from).enumerated() {
      if position > 0 { out.append(",") }
      guard case .long(let reference)? = row.first else { continue }
      let values = Array(row.dropFirst(found.hasScores ? 2 : 1))
      var hit = HitFetcher.Hit(document: DocumentReference(encoded: reference), score: score(of: row, found))
      if !request.sort.isEmpty { hit.sort = request.sortsByScore ? scoreSort(row, found) : sort.values(values) }
      try fetcher.append(hit, to: out)
      try context.signals.check()
      if out.count > reserved {
        try context.memory.reserve(out.count - reserved)
        reserved = out.count
      }
    }
    out.append("]}")
    if let aggregations {
      out.append(",\"aggregations\":")
      out.append(json: .object(aggregations))
    }
    out.append("}")
    return SearchOutput(response: Array(out.buffer), isPartial: found.isPartial, shardCount: snapshots.count)
  }

  private func score(of row: [Value], _ found: Found) -> Double? {
    guard found.hasScores, request.sortsByScore || request.tracksScores || request.sort.contains(where: { $0.field == "_score" }),
      row.count > 1,
      case .double(let score) = row[1]
    else { return nil }
    return score
  }

  private func scoreSort(_ row: [Value], _ found: Found) -> JSONValue {
    .array([score(of: row, found).map { .double(FieldRendering.score($0)) } ?? .null])
  }

  private func total(_ count: Int) -> JSONValue? {
    if request.rendersTotalAsNumber { return .integer(Int64(count)) }
    switch request.totalHits {
    case .none: return Optional.none
    case .exact: return ["value": .integer(Int64(count)), "relation": "eq"]
    case .upTo(let limit):
      return ["value": .integer(Int64(min(count, limit))), "relation": count > limit ? "gte" : "eq"]
    }
  }
}

extension Table {
  /// The cells, row by row; for the few rows of a result.
  var rows: [[Value]] {
    pages.flatMap { page in (0..<page.rowCount).map { row in page.columns.map { $0.value(atRow: row) } } }
  }
}

extension JSONValue {
  /// `_shards` of a search in which every index is one shard, and none failed.
  static func shards(_ count: Int) -> JSONValue {
    ["total": .integer(Int64(count)), "successful": .integer(Int64(count)), "skipped": 0, "failed": 0]
  }
}
