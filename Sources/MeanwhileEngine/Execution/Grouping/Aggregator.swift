import Meanwhile
import MeanwhileData

/// Groups a worker's rows and keeps the state of every aggregate over them.
final class Aggregator: PipelineSink {
  /// An aggregate compiled to the pipeline's channels.
  struct Aggregate: Sendable {
    var resolution: AggregateFunction.Resolution
    var arguments: [CompiledExpression]
    var filter: CompiledExpression?
    var origin: Expression.Origin
  }

  /// What all workers of one aggregation share.
  struct Specification: Sendable {
    var keys: [CompiledExpression]
    var keyTypes: [DataType]
    var aggregates: [Aggregate]
    /// Whether groups come out in the order in which they first appear in the source.
    var isOrdered = true
  }

  /// More than elsewhere, since no row comes out: a batch costs some microseconds whatever its size, and the columns of this one still fit the caches.
  static let rowCountMax = 4 * Page.rowCountMax

  private let specification: Specification
  private let table: GroupTable?
  private let states: [any AggregateState]
  private var groups: UnsafeMutablePointer<UInt32>
  private var groupsCapacity = Aggregator.rowCountMax
  private var position: UInt64 = 1

  /// - Parameter frame: of the query; each state gets it with its aggregate's origin.
  init(_ specification: Specification, _ frame: EvaluationFrame) {
    self.specification = specification
    table = specification.keys.isEmpty ? nil : GroupTable(specification.keyTypes)
    states = specification.aggregates.map { aggregate in
      var frame = frame
      frame.origin = aggregate.origin
      return aggregate.resolution.makeState(frame)
    }
    groups = .allocate(capacity: groupsCapacity)
    groups.initialize(repeating: 0, count: groupsCapacity)
  }

  deinit { groups.deallocate() }

  /// Without keys there is one group, even of no rows.
  var groupCount: Int { table?.groupCount ?? 1 }

  var byteCount: Int { (table?.byteCount ?? 0) + states.reduce(0) { $0 + $1.byteCount } }

  func begin(morsel: Int) { position = UInt64(morsel) << 32 + 1 }

  func consume(_ page: Page, _ frame: EvaluationFrame) throws {
    var page = page
    if let table {
      var keys: [Column] = []
      for key in specification.keys { keys.append(try key.evaluate(frame.over(page))) }
      let fanOut = GroupFanOut(keys, rowCount: page.rowCount)
      if let rows = fanOut.rows { page = page.gather(rows) }
      makeRoom(page.rowCount)
      table.assign(fanOut.keys, rowCount: page.rowCount, position: position, into: groups)
      position += UInt64(page.rowCount)
    } else {
      makeRoom(page.rowCount)
    }
    let groupCount = groupCount
    let frame = frame.over(page)
    for (aggregate, state) in Swift.zip(specification.aggregates, states) {
      try update(state, aggregate, page, frame, groupCount: groupCount)
    }
  }

  private func update(
    _ state: any AggregateState, _ aggregate: Aggregate, _ page: Page, _ frame: EvaluationFrame, groupCount: Int
  ) throws {
    let buffer = UnsafeBufferPointer(start: UnsafePointer(groups), count: page.rowCount)
    guard let filter = aggregate.filter else {
      return try state.update(try aggregate.arguments.map { try $0.evaluate(frame) }, groups: buffer, groupCount: groupCount)
    }
    switch Selection(where: try filter.evaluate(frame)) {
    case .all:
      try state.update(try aggregate.arguments.map { try $0.evaluate(frame) }, groups: buffer, groupCount: groupCount)
    case .some(let rows):
      let selected = Vector<UInt32>(count: rows.count) { target in
        for index in 0..<rows.count { (target + index).initialize(to: buffer[Int(rows[index])]) }
      }
      let frame = frame.over(page.gather(rows))
      let arguments = try aggregate.arguments.map { try $0.evaluate(frame) }
      // The buffer is valid only while the vector is.
      try withExtendedLifetime(selected) { try state.update(arguments, groups: selected.buffer, groupCount: groupCount) }
    }
  }

  private func makeRoom(_ rowCount: Int) {
    guard rowCount > groupsCapacity else { return }
    groups.deallocate()
    groupsCapacity = rowCount * 2
    groups = .allocate(capacity: groupsCapacity)
    groups.initialize(repeating: 0, count: groupsCapacity)
  }

  /// Takes another worker's groups and states, which stay as they are.
  ///
  /// - Throws: `CancellationError` once cancelled.
  private func merge(_ other: Aggregator, _ scope: StageScope) throws {
    let before = byteCount
    let mapping = try table.flatMap { table in try other.table.map { try table.merge($0, scope.signals) } } ?? [0]
    for (state, otherState) in Swift.zip(states, other.states) {
      try scope.signals.check()
      try state.merge(otherState, groups: mapping, groupCount: groupCount)
    }
    try scope.memory.reserve(byteCount - before)
  }

  /// The aggregates, then the keys; a row a group.
  private func result(_ signals: QuerySignals) throws -> Page {
    let count = groupCount
    var columns: [Column] = []
    for state in states {
      try signals.check()
      columns.append(try state.result(groupCount: count))
    }
    columns += table?.keyColumns() ?? []
    let page = Page(rowCount: count, columns: columns)
    guard let table, specification.isOrdered, !table.isInOrder else { return page }
    return page.gather(try table.order(signals))
  }

  /// The groups of all workers together.
  ///
  /// - Parameter mayConsume: whether the first worker's states may take the others'. Otherwise all stay as they are.
  static func result(
    of workers: [WorkerSlot<Aggregator>], _ specification: Specification, _ scope: StageScope, mayConsume: Bool
  ) throws -> Page {
    guard workers.count > 1, !mayConsume else {
      return try workers[0].withSink { first in
        for worker in workers.dropFirst() { try worker.withSink { try first.merge($0, scope) } }
        return try first.result(scope.signals)
      }
    }
    let all = Aggregator(specification, scope.frame)
    for worker in workers { try worker.withSink { try all.merge($0, scope) } }
    return try all.result(scope.signals)
  }
}
