import Meanwhile
import MeanwhileData

/// Batches on their way from a source to where they are collected: steps that need no other batch, compiled to channels of a page.
struct Pipeline: Sendable {
  enum Source: Sendable {
    case scan(ScanSource)
    /// Rows that are given.
    case pages([Page])
    /// What a stage before gave.
    case stage(Int)
  }

  enum Step: Sendable {
    /// Keeps the rows for which every condition is true, and of the columns those that are needed behind.
    case filter([Condition], keep: [Int])
    /// Adds a column each; a later one may read an earlier one.
    case eval([CompiledExpression])
    /// These columns, in this order.
    case project([Int])
    /// A row for each value of a column.
    case expand(Int)
    /// Adds columns that are cut out of a text; of those that there are, the given ones.
    case extract(CompiledExpression, TextExtractor, keep: [Int], Expression.Origin)
    /// Adds columns of matching rows.
    case join(JoinTable)
    /// The same, before the stage that gives those rows has run.
    case joinWithStage(Int, PendingJoin)
  }

  struct Condition: Sendable {
    var expression: CompiledExpression
    /// The same, where it compares one column with a constant.
    var comparison: ConstantComparison?
    /// The channel of that column.
    var channel = 0
  }

  var source: Source
  var steps: [Step] = []
  /// The columns behind the last step.
  var layout: [Attribute]

  /// Rows a worker takes at a time.
  static let morselRowCount = 65_536

  /// What a worker takes at a time.
  struct Morsel: Sendable {
    /// A segment or a page of the source.
    var unit: Int
    var rows: Range<Int>
  }

  /// - Parameter input: what is read where it is not a scan.
  func morsels(of input: [Page]) -> [Morsel] {
    let rowCounts: [Int] =
      if case .scan(let scan) = source { scan.units.map { $0.isSkipped ? 0 : $0.view.segment.rowCount } } else { input.map(\.rowCount) }
    var morsels: [Morsel] = []
    for (unit, rowCount) in rowCounts.enumerated() {
      for start in stride(from: 0, to: rowCount, by: Self.morselRowCount) {
        morsels.append(Morsel(unit: unit, rows: start..<min(rowCount, start + Self.morselRowCount)))
      }
    }
    return morsels
  }

  /// Rows a batch holds at most. Where no column is read, rows are only counted, and a batch may be as large as it likes.
  var batchRowCountMax: Int {
    guard case .scan(let scan) = source, scan.columns.isEmpty, scan.conditions.isEmpty, steps.isEmpty else { return Page.rowCountMax }
    return Self.morselRowCount
  }

  /// Ends with these columns in this order.
  mutating func project(_ columns: [Attribute]) throws {
    guard layout != columns else { return }
    steps.append(.project(try columns.map { try channel(of: $0) }))
    layout = columns
  }

  func channel(of attribute: Attribute) throws -> Int {
    guard let channel = layout.firstIndex(of: attribute) else {
      throw APIError.internalFailure("the plan lacks the column [\(attribute.name)]")
    }
    return channel
  }

  func compiled(_ expression: Expression) throws -> CompiledExpression {
    do {
      return try CompiledExpression(expression, layout: layout)
    } catch {
      throw APIError.internalFailure(error.message)
    }
  }

  func condition(_ expression: Expression) throws -> Condition {
    var condition = Condition(expression: try compiled(expression))
    if let comparison = ConstantComparison(expression) {
      condition.comparison = comparison
      condition.channel = try channel(of: comparison.attribute)
    }
    return condition
  }

  /// Takes a batch through the steps from one on.
  ///
  /// - Parameter emit: is given what comes out: no batch, one, or several; says whether more is wanted.
  /// - Returns: whether more is wanted.
  func process(
    _ page: Page, from first: Int = 0, _ frame: EvaluationFrame, _ meters: [StepMeter], _ emit: (Page) throws -> Bool
  ) throws -> Bool {
    let clock = SystemTimeSource()
    var page = page
    var index = first
    while index < steps.count {
      guard page.rowCount > 0 else { return true }
      // The source has the first meter.
      let meter = meters.isEmpty ? nil : meters[index + 1]
      let received = page.rowCount
      let began = clock.uptimeNanoseconds()
      var nanosecondsBehind: UInt64 = 0
      /// Takes a batch of several on to the steps behind, whose time is theirs.
      func goOn(_ part: Page) throws -> Bool {
        meter?.emit(part)
        let began = clock.uptimeNanoseconds()
        defer { nanosecondsBehind &+= clock.uptimeNanoseconds() &- began }
        return try process(part, from: index + 1, frame, meters, emit)
      }
      func measure() { meter?.add(nanoseconds: clock.uptimeNanoseconds() &- began &- nanosecondsBehind, rowsReceived: received) }
      switch steps[index] {
      case .filter(let conditions, let keep): page = try Self.filter(page, conditions, keep, frame)
      case .eval(let expressions):
        for expression in expressions { page.columns.append(try expression.evaluate(frame.over(page))) }
      case .project(let channels): page.columns = channels.map { page.columns[$0] }
      case .extract(let text, let extractor, let keep, let origin):
        var frame = frame.over(page)
        frame.origin = origin
        let found = extractor.columns(of: try text.evaluate(frame), frame)
        page.columns += keep.map { found[$0] }
      case .joinWithStage: throw APIError.internalFailure("a join has no right side yet")
      case .join(let table):
        defer { measure() }
        return try table.join(page, frame, goOn)
      case .expand(let channel):
        defer { measure() }
        for part in page.expanded(channel).slices(rowCountMax: Page.rowCountMax) { guard try goOn(part) else { return false } }
        return true
      }
      measure()
      meter?.emit(page)
      index += 1
    }
    return page.rowCount > 0 ? try emit(page) : true
  }

  private static func filter(_ page: Page, _ conditions: [Condition], _ keep: [Int], _ frame: EvaluationFrame) throws -> Page {
    var selection = Selection.all
    for condition in conditions {
      if let comparison = condition.comparison.flatMap({ BoundComparison($0, page.columns[condition.channel]) }) {
        selection = comparison.select(0..<page.rowCount, of: selection)
      } else {
        let found = Selection(where: try condition.expression.evaluate(frame.over(page)))
        selection = conditions.count == 1 ? found : selection.intersection(found)
      }
      if selection.count(of: page.rowCount) == 0 { break }
    }
    let columns = keep.map { page.columns[$0] }
    guard case .some(let rows) = selection else { return Page(rowCount: page.rowCount, columns: columns) }
    return Page(rowCount: rows.count, columns: rows.count == 0 ? columns : columns.map { $0.gather(rows) })
  }
}

extension EvaluationFrame {
  /// The same query's frame for another batch.
  func over(_ page: Page) -> EvaluationFrame {
    var frame = self
    frame.page = page
    frame.rowCount = page.rowCount
    return frame
  }
}

extension Page {
  /// Runs of at most so many rows.
  func slices(rowCountMax: Int) -> [Page] {
    if rowCount <= rowCountMax { return [self] }
    return stride(from: 0, to: rowCount, by: rowCountMax).map { slice($0..<min(rowCount, $0 + rowCountMax)) }
  }

  func slice(_ rows: Range<Int>) -> Page { Page(rowCount: rows.count, columns: columns.map { $0.slice(rows) }) }

  func gather(_ rows: Vector<UInt32>) -> Page { Page(rowCount: rows.count, columns: columns.map { $0.gather(rows) }) }

  /// A row for each value of a column; a row without a value stays.
  func expanded(_ channel: Int) -> Page {
    let column = columns[channel]
    guard column.offsets != nil else { return self }
    let rows = VectorBuilder<UInt32>(capacity: rowCount)
    let slots = VectorBuilder<UInt32>(capacity: rowCount)
    let nulls = VectorBuilder<UInt64>(capacity: rowCount / 64 + 1)
    var anyNull = false
    for row in 0..<rowCount {
      let found = column.slots(ofRow: row)
      for slot in found.isEmpty ? 0..<1 : found {
        if rows.count & 63 == 0 { nulls.append(0) }
        if found.isEmpty {
          nulls[rows.count >> 6] |= 1 << UInt64(rows.count & 63)
          anyNull = true
        }
        rows.append(UInt32(truncatingIfNeeded: row))
        slots.append(UInt32(truncatingIfNeeded: slot))
      }
    }
    let expandedCount = rows.count
    var page = gather(rows.finish())
    page.columns[channel] =
      column.values.count == 0
      ? .nulls(column.type, rowCount: expandedCount)
      : Column(
        type: column.type, rowCount: expandedCount, values: column.values.gather(slots.finish()),
        nulls: anyNull ? Bitmap(words: nulls.finish(), count: expandedCount) : nil)
    return page
  }
}
