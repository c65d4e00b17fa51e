import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// Runs a prepared query on snapshots of its indices.
struct EQLSearch {
  let query: EQLPreparedQuery
  let snapshots: [IndexSnapshot]
  let execution: ExecutionContext
  /// The request's filter over these snapshots.
  private let filter: SearchFilter?

  /// - Throws: ``APIError`` where the request's filter has a value that its field cannot have.
  init(query: EQLPreparedQuery, snapshots: [IndexSnapshot], execution: ExecutionContext) throws(APIError) {
    self.query = query
    self.snapshots = snapshots
    self.execution = execution
    if let wanted = query.request.filter {
      filter = try SearchFilter(wanted, over: snapshots, now: execution.settings.now)
    } else {
      filter = nil
    }
  }

  func run() async throws -> EQLOutput {
    switch query.kind {
    case .events(let condition, let order): try await events(condition, order)
    case .sequence(let plan, let order): try await sequences(plan, order)
    case .sample(let terms): try await samples(terms)
    }
  }

  /// Where a row's document is, in every plan.
  var document: Attribute { Self.documentAttribute }
  private static let documentAttribute = Attribute(name: "_doc", type: .document)

  /// Reads the documents that a condition, and the request's filter, hold for.
  func scan(where condition: Expression) -> Plan {
    var columns = query.columns + [Plan.Scan.Column(document, .document)]
    guard let filter else { return .scan(Plan.Scan(snapshots: snapshots, columns: columns, filter: condition)) }
    columns += filter.columns
    return .filter(.scan(Plan.Scan(snapshots: snapshots, columns: columns, filter: filter.condition)), condition)
  }

  func execute(_ plan: Plan) async throws -> ExecutionResult {
    try execution.signals.check()
    return try await Executor(execution).run(plan)
  }

  /// By time, then tiebreaker, then place in the index. Events without a time come first, as they do in Elasticsearch.
  func keys(_ order: EQLPreparedQuery.TimeOrder, isAscending: Bool) -> [Plan.SortKey] {
    [order.timestamp, order.tiebreaker, document].compactMap { $0 }.map {
      Plan.SortKey(.column($0), isAscending: isAscending, nullsFirst: isAscending)
    }
  }

  func hitWriter() -> HitWriter { HitWriter(snapshots: snapshots, fields: query.fetchedFields, signals: execution.signals) }

  // MARK: - Events

  /// The first pipe says which end of the events is read; the others choose among what it leaves.
  private func events(_ condition: Expression, _ order: EQLPreparedQuery.TimeOrder) async throws -> EQLOutput {
    let first = query.pipes.first ?? EQLPipe(kind: .tail, count: query.request.size, source: .none)
    let sortKeys = keys(order, isAscending: first.kind == .head)
    // There are no more events than documents, whatever number was asked for.
    let count = min(first.count, snapshots.reduce(0) { $0 + $1.documentCount })
    let plan = Plan.project(.top(scan(where: condition), sortKeys, count: count), [document])
    return try eventOutput(of: try await execute(plan), isReversed: first.kind == .tail)
  }

  private func eventOutput(of result: ExecutionResult, isReversed: Bool) throws -> EQLOutput {
    var documents: [DocumentReference] = []
    for page in result.table.pages {
      for row in 0..<page.rowCount { documents.append(try documentReference(page, channel: 0, row: row)) }
    }
    if isReversed { documents.reverse() }
    for pipe in query.pipes.dropFirst() { documents = pipe.apply(to: documents) }
    var writer = hitWriter()
    try writer.writeEvents(documents, total: result.documentsFound, memory: execution.memory)
    return EQLOutput(hits: writer.finish(), isPartial: result.isPartial)
  }

  func documentReference(_ page: Page, channel: Int, row: Int) throws -> DocumentReference {
    guard case .long(let encoded) = page.columns[channel].value(atRow: row) else {
      throw APIError.internalFailure("a document without a place")
    }
    return DocumentReference(encoded: encoded)
  }
}
