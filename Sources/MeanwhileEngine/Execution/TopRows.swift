import MeanwhileData

/// Keeps the first rows of a sort. Rows that cannot be among them are dropped a batch at a time, by comparing their first key with the worst that is
/// kept; when enough others have gathered they are sorted, and the best stay. Rows of later batches lose against equal ones, so the result is that
/// of a stable sort.
final class TopRows: PipelineSink {
  /// What is kept, and by which order.
  struct Specification: Sendable {
    var keys: [Plan.SortKey]
    var expressions: [CompiledExpression]
    /// The columns of the rows.
    var layout: [Attribute]
    /// The columns that come out.
    var channels: [Int]
    var count: Int
  }

  private let keys: [Plan.SortKey]
  private let expressions: [CompiledExpression]
  private let layout: [Attribute]
  private let count: Int
  /// Kept rows; the last column says where a row came from, in the order of the source.
  private var buffered: [Page] = []
  private var bufferedRows = 0
  private var threshold: (rank: UInt8, prefix: UInt64)?
  /// The same for a first key that is a column of numbers: what lies beyond it needs not even be read.
  private(set) var bound: RowBound?
  private var morsel = 0
  private var rowOfMorsel = 0
  private(set) var byteCount = 0

  init(_ specification: Specification) {
    keys = specification.keys
    expressions = specification.expressions
    layout = specification.layout + [Attribute(name: "$position", type: .long)]
    // More rows than a machine can hold are all rows; the sums below must not overflow.
    count = min(specification.count, Int(Int32.max))
  }

  func begin(morsel: Int) {
    self.morsel = morsel
    rowOfMorsel = 0
  }

  func pass(rowCount: Int) { rowOfMorsel += rowCount }

  func consume(_ page: Page, _ frame: EvaluationFrame) throws {
    guard count > 0 else { return }
    var kept = page
    let start = Int64(morsel) << 32 | Int64(rowOfMorsel)
    rowOfMorsel += page.rowCount
    if let threshold {
      let column = try expressions[0].evaluate(frame.over(page))
      let includingEqual = expressions.count > 1 || column.type.layout == .bytes
      let rows =
        try bound.flatMap { column.rows(upTo: $0, includingEqual: includingEqual) }
        ?? RowOrder([column.withUnsortedDictionary], [keys[0]], frame.signals).keys[0].rows(upTo: threshold, includingEqual: includingEqual)
      guard rows.count > 0 else { return }
      kept = page.gather(rows)
      kept.columns.append(.positions(from: start, rows: rows))
    } else {
      kept.columns.append(.positions(from: start, count: page.rowCount))
    }
    add(kept)
    // Once it is known what is too late few rows are kept of a batch, and it is worth knowing it better soon.
    let few = threshold == nil ? Page.rowCountMax : Self.fewRows
    if bufferedRows >= max(2 * count, few) + count { try prune(frame) }
  }

  private static let fewRows = 256

  private func add(_ page: Page) {
    buffered.append(page)
    bufferedRows += page.rowCount
    byteCount += page.byteCount
  }

  private func prune(_ frame: EvaluationFrame) throws {
    let all = try buffered.concatenated(layout, frame.signals)
    let columns = try expressions.map { try $0.evaluate(frame.over(all)) }
    let positions = all.columns[all.columns.count - 1]
    let order = try RowOrder(columns + [positions], keys + [Self.byPosition], frame.signals)
    let rows = try order.sorted(rowCount: all.rowCount, limit: count, frame.signals)
    if rows.count == count {
      let last = columns[0].gather(rows.slice(count - 1..<count)).withUnsortedDictionary
      let key = try RowOrder([last], [keys[0]], frame.signals).keys[0]
      threshold = (key.nullRanks?[0] ?? key.rankOfValues, key.prefixes[0])
      bound = bound(of: last)
    }
    buffered = []
    bufferedRows = 0
    byteCount = 0
    add(all.gather(rows))
  }

  /// - Parameter last: the first key of the last row that is kept.
  private func bound(of last: Column) -> RowBound? {
    guard case .channel(let channel) = expressions[0] else { return nil }
    let limit: RowBound.Limit
    switch last.value(atRow: 0) {
    case .long(let value): limit = .long(value)
    case .double(let value): limit = .double(value)
    default: return nil
    }
    return RowBound(channel: channel, limit: limit, isAscending: keys[0].isAscending, isMetByNull: keys[0].nullsFirst)
  }

  private static let byPosition = Plan.SortKey(.literal(.null, .long))

  /// The first rows of all workers, which keep what they have.
  static func result(of workers: [WorkerSlot<TopRows>], _ specification: Specification, _ scope: StageScope) throws -> [Page] {
    let all = TopRows(specification)
    for worker in workers { worker.withSink(\.buffered).forEach(all.add) }
    guard all.bufferedRows > 0 else { return [] }
    try all.prune(scope.frame)
    return all.buffered.flatMap { $0.selecting(specification.channels).slices(rowCountMax: Page.rowCountMax) }
  }
}

extension RowOrder.Key {
  /// The rank of what is not null.
  var rankOfValues: UInt8 { 1 - nullRank }

  /// The rows that come before a rank and prefix, or with it.
  func rows(upTo threshold: (rank: UInt8, prefix: UInt64), includingEqual: Bool) -> Vector<UInt32> {
    let count = prefixes.count
    var found = 0
    let rows = Vector<UInt32>(count: count) { target in
      for row in 0..<count {
        let rank = nullRanks?[row] ?? rankOfValues
        let prefix = prefixes[row]
        let isBefore =
          rank < threshold.rank || rank == threshold.rank && (prefix < threshold.prefix || includingEqual && prefix == threshold.prefix)
        (target + found).initialize(to: UInt32(truncatingIfNeeded: row))
        found &+= isBefore ? 1 : 0
      }
    }
    return rows.slice(0..<found)
  }
}

extension Column {
  /// Texts that are compared by their bytes: ordinals mean something within one segment only.
  fileprivate var withUnsortedDictionary: Column {
    guard case .ordinals(let ordinals, let dictionary, isSorted: true) = values else { return self }
    var column = self
    column.values = .ordinals(ordinals, dictionary, isSorted: false)
    return column
  }

  /// The rows that come before a limit, or with it, where rows are numbers that are not null.
  fileprivate func rows(upTo bound: RowBound, includingEqual: Bool) -> Vector<UInt32>? {
    guard offsets == nil, nulls == nil, !isConstant else { return nil }
    switch (values, bound.limit) {
    case (.longs(let values), .long(let limit)):
      return Self.rows(values, upTo: limit, isAscending: bound.isAscending, includingEqual: includingEqual)
    case (.doubles(let values), .double(let limit)):
      return Self.rows(values, upTo: limit, isAscending: bound.isAscending, includingEqual: includingEqual)
    default: return nil
    }
  }

  @inline(__always)
  private static func rows<Element: Comparable>(
    _ values: Vector<Element>, upTo limit: Element, isAscending: Bool, includingEqual: Bool
  ) -> Vector<UInt32> {
    let base = values.base
    return withExtendedLifetime(values) {
      switch (isAscending, includingEqual) {
      case (true, true): RowNumbers.where(values.count) { base[$0] <= limit }
      case (true, false): RowNumbers.where(values.count) { base[$0] < limit }
      case (false, true): RowNumbers.where(values.count) { base[$0] >= limit }
      case (false, false): RowNumbers.where(values.count) { base[$0] > limit }
      }
    }
  }

  fileprivate static func positions(from start: Int64, count: Int) -> Column {
    let values = Vector<Int64>(count: count) { target in
      for row in 0..<count { (target + row).initialize(to: start &+ Int64(row)) }
    }
    return Column(type: .long, rowCount: count, values: .longs(values))
  }

  fileprivate static func positions(from start: Int64, rows: Vector<UInt32>) -> Column {
    let values = Vector<Int64>(count: rows.count) { target in
      for index in 0..<rows.count { (target + index).initialize(to: start &+ Int64(rows[index])) }
    }
    return Column(type: .long, rowCount: rows.count, values: .longs(values))
  }
}
