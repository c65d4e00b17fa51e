import Meanwhile
import MeanwhileData

/// A compiled scan: the segments to read, the conditions in the order they are tried, and the columns to make of the rows that pass.
struct ScanSource: Sendable {
  /// A segment of one of the scan's indices.
  struct Unit: Sendable {
    var view: SegmentView
    var index: IndexDefinition
    /// Over all snapshots of the scan, in order: what a ``DocumentReference`` counts.
    var ordinal: Int
    /// No row can pass the filter.
    var isSkipped: Bool
  }

  /// A condition, and the scan's columns that it reads, in the order of its channels.
  struct Condition: Sendable {
    var expression: CompiledExpression
    var columns: [Int]
    /// The same, where it compares one column with a constant.
    var comparison: ConstantComparison?
    /// Whether it does no more than read what a search found.
    var isLookup = false
    /// Whether it compares columns with constants.
    var isComparison = false
    /// Whether it is a search, whose rule for several values is another: any of them may match.
    var isSearch = false

    /// Where it is tried among others: first what is cheap and spares the others rows.
    fileprivate var cost: Int { comparison != nil ? 0 : isLookup || isSearch ? 1 : 2 }
  }

  var units: [Unit]
  /// Every column that is read, for output or for a condition.
  var columns: [Plan.Scan.Column]
  var conditions: [Condition]
  /// The columns that come out, by place in ``columns``.
  var output: [Int]
  /// The relevance of a row.
  var score: Condition?

  /// - Parameters:
  ///   - filter: conditions that must all be true, the scan's own included.
  ///   - output: the columns that come out.
  init(_ scan: Plan.Scan, filter: [Expression], output wanted: [Plan.Scan.Column]) throws {
    var columns = wanted
    let known = scan.columns
    var lookups: [Plan.Scan.Column] = []
    func lookup(_ lookup: TextLookup, _ text: Attribute) -> Attribute? {
      guard case .field(let path)? = known.first(where: { $0.attribute == text })?.source, path == lookup.path else { return nil }
      lookups.append(Plan.Scan.Column(Attribute(name: text.name, type: lookup.type), .lookup(lookup)))
      return lookups.last?.attribute
    }
    func condition(_ original: Expression) throws -> Condition {
      let expression = original.replacingLookups(lookup)
      let available = known + lookups
      let layout = available.map(\.attribute)
      let attributes = layout.filter(expression.attributes.contains)
      var places: [Int] = []
      for attribute in attributes {
        if let place = columns.firstIndex(where: { $0.attribute == attribute }) {
          places.append(place)
        } else if let column = available.first(where: { $0.attribute == attribute }) {
          places.append(columns.count)
          columns.append(column)
        }
      }
      do {
        var isLookup = false
        if case .column(let attribute) = expression { isLookup = lookups.contains { $0.attribute == attribute } }
        return Condition(
          expression: try CompiledExpression(expression, layout: attributes), columns: places,
          comparison: places.count == 1 ? ConstantComparison(expression) : nil, isLookup: isLookup,
          isComparison: expression.comparesWithConstant, isSearch: expression.isSearch)
      } catch {
        throw APIError.internalFailure(error.message)
      }
    }
    let conditions = try filter.map(condition)
    self.conditions = [0, 1, 2].flatMap { cost in conditions.filter { $0.cost == cost } }
    let wantsScore = wanted.contains { if case .score = $0.source { true } else { false } }
    score = wantsScore ? try scan.score.map(condition) : nil
    self.columns = columns
    output = Array(wanted.indices)
    let skip = SegmentSkipping(filter, columns: scan.columns)
    units = []
    for snapshot in scan.snapshots {
      for view in snapshot.segments {
        let isSkipped = view.segment.rowCount == 0 || !skip.mayMatch(view.segment)
        units.append(Unit(view: view, index: snapshot.definition, ordinal: units.count, isSkipped: isSkipped))
      }
    }
  }

  /// The searches of whole segments that its columns are made of, one by one.
  var lookups: [(unit: Int, lookup: TextLookup)] {
    let asked = columns.compactMap { column -> TextLookup? in if case .lookup(let lookup) = column.source { lookup } else { nil } }
    return units.indices.filter { !units[$0].isSkipped }.flatMap { unit in asked.map { (unit, $0) } }
  }

  /// Rows of all segments, skipped or not.
  var rowCount: Int { units.reduce(0) { $0 + $1.view.segment.rowCount } }

  /// Bytes of the columns to read, of segments that are not skipped.
  var byteCount: Int { units.indices.reduce(0) { $0 + (units[$1].isSkipped ? 0 : byteCount(ofUnit: $1)) } }

  /// Bytes of the columns to read of a segment.
  func byteCount(ofUnit unit: Int) -> Int {
    let fields = units[unit].view.segment.fields
    return columns.reduce(0) { sum, column in
      switch column.source {
      case .field(let path), .metadata(let path): sum + (fields[path]?.byteCount ?? 0)
      case .index, .indexMode, .document, .lookup, .score: sum
      }
    }
  }
}

/// Reads one segment for one worker; a column is asked for when its first value is needed.
struct SegmentReader {
  let source: ScanSource
  let unit: ScanSource.Unit
  private var loaded: [Column?]
  private(set) var valuesLoaded = 0
  /// The comparisons of conditions, bound to the segment's columns; of other conditions nil. Made when they are first tried.
  private var comparisons: [BoundComparison??]
  /// What is known of the blocks of the column that a sink has bounds for.
  private var blocksOfBound: BlockBounds??

  init(_ source: ScanSource, unit: ScanSource.Unit) {
    self.source = source
    self.unit = unit
    loaded = [Column?](repeating: nil, count: source.columns.count)
    comparisons = [BoundComparison??](repeating: nil, count: source.conditions.count)
  }

  /// The rows of a range that stand and pass the conditions, as a batch of the output columns; nil where there are none.
  mutating func read(_ range: Range<Int>, _ frame: EvaluationFrame) throws -> Page? {
    let live = Selection(live: range, deleted: unit.view.deleted)
    var selection = live
    var rowCount = selection.count(of: range.count)
    // Several values are warned of in whatever row they are, not only in those that another condition left: comparisons with constants are asked of
    // all rows, as they are of an index, and other conditions of those that pass the comparisons and searches.
    for (number, condition) in source.conditions.enumerated() where condition.isComparison {
      guard rowCount > 0, try comparison(number) == nil, try readsSeveral(condition) else { continue }
      let found = try evaluate(condition, range, live, rowCount, frame)
      selection = selection.intersection(live.narrowed(by: Selection(where: found)))
    }
    var compared = selection
    rowCount = selection.count(of: range.count)
    for (number, condition) in source.conditions.enumerated() {
      guard rowCount > 0 else { return nil }
      if let comparison = try comparison(number) {
        valuesLoaded += rowCount
        selection = comparison.select(range, of: selection)
        compared = selection
      } else if condition.isSearch || condition.isLookup {
        let found = try evaluate(condition, range, selection, rowCount, frame)
        selection = selection.narrowed(by: Selection(where: found))
        compared = selection
      } else if try readsSeveral(condition) {
        if condition.isComparison { continue }
        let found = try evaluate(condition, range, compared, compared.count(of: range.count), frame)
        selection = selection.intersection(compared.narrowed(by: Selection(where: found)))
      } else {
        let found = try evaluate(condition, range, selection, rowCount, frame)
        selection = selection.narrowed(by: Selection(where: found))
      }
      rowCount = selection.count(of: range.count)
    }
    guard rowCount > 0 else { return nil }
    var columns: [Column] = []
    columns.reserveCapacity(source.output.count)
    for place in source.output {
      if case .score = source.columns[place].source, let score = source.score {
        columns.append(try evaluate(score, range, selection, rowCount, frame))
      } else {
        columns.append(try values(place, range, selection, rowCount, frame))
      }
    }
    return Page(rowCount: rowCount, columns: columns)
  }

  /// The first row from one on, and before another, that may be wanted, by what is known of blocks of rows.
  ///
  /// - Parameter bound: what the sink asks of rows besides.
  mutating func firstRow(from row: Int, to end: Int, _ bound: RowBound?) throws -> Int {
    var first = row
    for number in source.conditions.indices {
      guard first < end else { return end }
      if let comparison = try comparison(number) { first = comparison.firstRow(from: first, to: end) }
    }
    guard let bound, first < end, let blocks = try blocks(of: bound) else { return first }
    while first < end, !bound.mayBeMet(in: blocks, block: first / BlockBounds.rowCount) {
      first = (first / BlockBounds.rowCount + 1) * BlockBounds.rowCount
    }
    return min(first, end)
  }

  private mutating func comparison(_ number: Int) throws -> BoundComparison? {
    if let known = comparisons[number] { return known }
    let made = try bind(source.conditions[number])
    comparisons[number] = .some(made)
    return made
  }

  private mutating func bind(_ condition: ScanSource.Condition) throws -> BoundComparison? {
    guard let comparison = condition.comparison, let place = condition.columns.first else { return nil }
    let column = source.columns[place]
    switch column.source {
    case .field(let path), .metadata(let path):
      let whole = try loaded[place] ?? load(path, column.attribute.type)
      loaded[place] = whole
      return BoundComparison(comparison, whole, blocks: try unit.view.segment.blockBounds(path))
    case .index, .indexMode, .document, .lookup, .score: return nil
    }
  }

  /// Whether rows of a field that a condition reads have several values.
  private mutating func readsSeveral(_ condition: ScanSource.Condition) throws -> Bool {
    for place in condition.columns {
      let column = source.columns[place]
      guard case .field(let path) = column.source else { continue }
      let whole = try loaded[place] ?? load(path, column.attribute.type)
      loaded[place] = whole
      if whole.offsets != nil { return true }
    }
    return false
  }

  private mutating func blocks(of bound: RowBound) throws -> BlockBounds? {
    if let blocksOfBound { return blocksOfBound }
    var blocks: BlockBounds?
    if case .field(let path) = source.columns[source.output[bound.channel]].source { blocks = try unit.view.segment.blockBounds(path) }
    blocksOfBound = .some(blocks)
    return blocks
  }

  private mutating func evaluate(
    _ condition: ScanSource.Condition, _ range: Range<Int>, _ selection: Selection, _ rowCount: Int, _ frame: EvaluationFrame
  ) throws -> Column {
    var columns: [Column] = []
    columns.reserveCapacity(condition.columns.count)
    for place in condition.columns { columns.append(try values(place, range, selection, rowCount, frame)) }
    return try condition.expression.evaluate(frame.over(Page(rowCount: rowCount, columns: columns)))
  }

  /// The values of a column in the selected rows of a range.
  private mutating func values(
    _ place: Int, _ range: Range<Int>, _ selection: Selection, _ rowCount: Int, _ frame: EvaluationFrame
  ) throws -> Column {
    let column = source.columns[place]
    let type = column.attribute.type
    switch column.source {
    case .document:
      let first = DocumentReference(segment: unit.ordinal, row: range.lowerBound).encoded
      let references = Vector<Int64>(count: rowCount) { target in
        switch selection {
        case .all: for row in 0..<rowCount { (target + row).initialize(to: first + Int64(row)) }
        case .some(let rows): for row in 0..<rowCount { (target + row).initialize(to: first + Int64(rows[row])) }
        }
      }
      return Column(type: .document, rowCount: rowCount, values: .longs(references))
    case .score: return Column(constant: .double(0), type: .double, rowCount: rowCount)
    case .index: return Column(constant: .string(unit.index.name), type: type, rowCount: rowCount)
    case .indexMode: return Column(constant: .string(unit.index.mode), type: type, rowCount: rowCount)
    case .field(let path), .metadata(let path):
      let whole = try loaded[place] ?? load(path, type)
      loaded[place] = whole
      if whole.isAllNull { return .nulls(type, rowCount: rowCount) }
      valuesLoaded += rowCount
      return whole.selected(selection, in: range).widened(to: type)
    case .lookup(let lookup):
      if let whole = try lookup.answer(in: unit.view.segment, checkpoint: frame.signals.check) {
        return whole.selected(selection, in: range)
      }
      let texts = try loaded[place] ?? load(lookup.path, .text)
      loaded[place] = texts
      valuesLoaded += rowCount
      return lookup.answer(reading: texts.selected(selection, in: range))
    }
  }

  private func load(_ path: String, _ type: DataType) throws -> Column {
    let rowCount = unit.view.segment.rowCount
    guard type.layout != .none, let column = try unit.view.segment.column(path), column.rowCount == rowCount else {
      return .nulls(type, rowCount: rowCount)
    }
    return column.type.canWiden(to: type) ? column : .nulls(type, rowCount: rowCount)
  }
}

extension Expression {
  /// Whether it asks nothing but searches.
  fileprivate var isSearch: Bool {
    guard case .call(let call) = self else { return false }
    if call.function.documentation.category == .search { return true }
    return [OperatorName.and, OperatorName.or, OperatorName.not].contains(call.function.name) && call.arguments.allSatisfy(\.isSearch)
  }

  /// Whether it compares a column with a constant, of whatever types.
  fileprivate var comparesWithConstant: Bool {
    guard case .call(let call) = self, ComparisonOperator(rawValue: call.function.name) != nil else { return false }
    return call.arguments.contains { $0.constant != nil } && call.arguments.allSatisfy { $0.constant != nil || $0.isColumn }
  }

  /// Whether it is a column, or the conversion of one.
  private var isColumn: Bool {
    switch self {
    case .column: true
    case .call(let call): call.function.documentation.category == .conversion && call.arguments.allSatisfy(\.isColumn)
    default: false
    }
  }
}

extension IndexDefinition {
  /// The setting `index.mode`.
  public var mode: String { settings["mode"]?.string ?? settings["index"]?.object?["mode"]?.string ?? "standard" }
}
