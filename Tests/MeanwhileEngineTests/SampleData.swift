import Meanwhile
import MeanwhileData

@testable import MeanwhileEngine

/// Small indices made of columns, without a store.
struct SampleIndex {
  var name: String
  var segments: [[(name: String, column: Column)]]
  var deleted: [Int: Set<Int>] = [:]

  var snapshot: IndexSnapshot {
    let definition = IndexDefinition(name: name, uuid: "u", created: Timestamp(milliseconds: 0), mapping: Mapping())
    return IndexSnapshot(
      definition: definition,
      segments: segments.enumerated().map { number, columns in
        let rowCount = columns.first?.column.rowCount ?? 0
        let byName = Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0.column) })
        let segment = Segment(rowCount: rowCount, fields: byName.mapValues(SampleIndex.summary)) { byName[$0] }
        let gone = deleted[number] ?? []
        return SegmentView(segment: segment, deleted: gone.isEmpty ? nil : Bitmap(count: rowCount) { gone.contains($0) })
      })
  }

  static func summary(_ column: Column) -> Segment.FieldSummary {
    var low: Value = .null
    var high: Value = .null
    var rows = 0
    var count = 0
    for row in 0..<column.rowCount {
      let cells = column.value(atRow: row).elements
      if !cells.isEmpty { rows += 1 }
      count += cells.count
      for cell in cells {
        switch (cell, low, high) {
        case (.long(let value), .long(let least), .long(let greatest)):
          low = .long(min(value, least))
          high = .long(max(value, greatest))
        case (.double(let value), .double(let least), .double(let greatest)):
          low = .double(min(value, least))
          high = .double(max(value, greatest))
        case (.long, .null, _), (.double, .null, _):
          low = cell
          high = cell
        default: break
        }
      }
    }
    var summary = Segment.FieldSummary(type: column.type, rowsWithValue: rows, valueCount: count, minimum: low, maximum: high)
    summary.byteCount = column.byteCount
    return summary
  }
}

extension Column {
  static func longs(_ cells: [Int64?], type: DataType = .long) -> Column {
    ColumnBuilder.column(of: cells.map { $0.map(Value.long) ?? .null }, type: type)
  }

  static func doubles(_ cells: [Double?]) -> Column {
    ColumnBuilder.column(of: cells.map { $0.map(Value.double) ?? .null }, type: .double)
  }

  static func keywords(_ cells: [String?]) -> Column {
    ColumnBuilder.column(of: cells.map { $0.map(Value.string) ?? .null }, type: .keyword)
  }

  /// As a segment has it: ordinals into a sorted dictionary.
  static func dictionary(_ cells: [String?]) -> Column {
    let words = Set(cells.compactMap { $0 }).sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    let places = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($0.element, UInt32($0.offset)) })
    let dictionary = BytesVectorBuilder()
    for word in words { dictionary.append(word) }
    let nulls = cells.contains { $0 == nil } ? Bitmap(count: cells.count) { cells[$0] == nil } : nil
    let ordinals = Vector(cells.map { $0.flatMap { places[$0] } ?? 0 })
    return Column(
      type: .keyword, rowCount: cells.count, values: words.isEmpty ? .none : .ordinals(ordinals, dictionary.finish(), isSorted: true),
      nulls: nulls)
  }

  var cells: [Value] { (0..<rowCount).map { value(atRow: $0) } }
}

extension Table {
  /// Rows of cells.
  var rows: [[Value]] {
    pages.flatMap { page in (0..<page.rowCount).map { row in page.columns.map { $0.value(atRow: row) } } }
  }
}

extension ExecutionContext {
  static func testing(workerCount: Int = 2, memory: MemoryBudget = MemoryBudget()) -> ExecutionContext {
    ExecutionContext(memory: memory, settings: QuerySettings(now: Timestamp(milliseconds: 1_700_000_000_000)), workerCount: workerCount)
  }
}

extension Expression {
  static func call(_ name: String, _ arguments: Expression...) throws -> Expression {
    try FunctionRegistry.standard.call(name, arguments)
  }

  static func long(_ value: Int64) -> Expression { .literal(.long(value), .long) }
  static func integer(_ value: Int64) -> Expression { .literal(.long(value), .integer) }
  static func double(_ value: Double) -> Expression { .literal(.double(value), .double) }
  static func string(_ value: String) -> Expression { .literal(.string(value), .keyword) }
}
