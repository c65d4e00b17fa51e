import Meanwhile
import MeanwhileData

/// Numbers the groups of an aggregation by their keys. Every key column numbers its own values; several columns are chained as pairs of numbers, so
/// that no key is ever written out.
final class GroupTable {
  private enum Keys {
    /// A key that is null in every row.
    case none
    case longs(LongKeyTable)
    case bytes(BytesKeyTable)
  }

  private let types: [DataType]
  private let keys: [Keys]
  private let chain: [PairTable]
  /// Where each group first appeared, in the order of the source, counted from 1. The group of a single key's null is at 0: it comes out first (Elasticsearch's order).
  @exclusivity(unchecked) private(set) var positions: [UInt64] = []
  private var scratch: [UInt32] = []
  private var singleCount = 0

  init(_ types: [DataType]) {
    self.types = types
    keys = types.map { type in
      switch type.layout {
      case .none: .none
      case .bytes: .bytes(BytesKeyTable())
      default: .longs(LongKeyTable())
      }
    }
    chain = types.dropFirst().map { _ in PairTable() }
  }

  var groupCount: Int { positions.count }

  /// The group of null, where there is one key and it was null.
  private var nullGroup: Int? {
    guard keys.count == 1 else { return nil }
    switch keys[0] {
    case .none: return nil
    case .longs(let table): return table.nullNumber.map(Int.init)
    case .bytes(let table): return table.nullNumber.map(Int.init)
    }
  }

  var byteCount: Int {
    var size = positions.count * 8 + chain.reduce(0) { $0 + $1.byteCount }
    for key in keys {
      switch key {
      case .none: break
      case .longs(let table): size += table.byteCount
      case .bytes(let table): size += table.byteCount
      }
    }
    return size
  }

  /// Numbers the rows of a batch.
  ///
  /// - Parameters:
  ///   - columns: a column a key, of at most one value a row, not constant.
  ///   - position: the first row's place in the order of the source.
  func assign(_ columns: [Column], rowCount: Int, position: UInt64, into groups: UnsafeMutablePointer<UInt32>) {
    let known = groupCount
    let count = number(columns, rowCount: rowCount, into: groups)
    // Numbers are given in the order of the rows, so this keeps the order of first appearance.
    for group in known..<max(known, count) { positions.append(position &+ UInt64(group - known)) }
    if known < count, let null = nullGroup { positions[null] = 0 }
  }

  /// Takes another table's groups.
  ///
  /// - Returns: for each group of the other, this table's.
  /// - Throws: `CancellationError` once cancelled.
  func merge(_ other: GroupTable, _ signals: QuerySignals) throws -> [UInt32] {
    let count = other.groupCount
    var groups = [UInt32](repeating: 0, count: count)
    let columns = other.keyColumns()
    for start in stride(from: 0, to: count, by: Self.mergeStep) {
      try signals.check()
      let part = start..<min(count, start + Self.mergeStep)
      groups.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        let known = groupCount
        let total = number(columns.map { $0.slice(part) }, rowCount: part.count, into: base + start)
        positions.append(contentsOf: repeatElement(.max, count: max(0, total - known)))
      }
      positions.withUnsafeMutableBufferPointer { positions in
        for index in part {
          let group = Int(groups[index])
          positions[group] = min(positions[group], other.positions[index])
        }
      }
    }
    return groups
  }

  /// Groups that are merged between two looks at the signals.
  private static let mergeStep = 1 << 15

  /// Whether the groups are in the order in which they first appear in the source.
  var isInOrder: Bool { positions.indices.dropFirst().allSatisfy { positions[$0 - 1] <= positions[$0] } }

  /// The groups in the order in which they first appear in the source.
  func order(_ signals: QuerySignals) throws -> Vector<UInt32> {
    try RowOrder(keys: [RowOrder.Key(bits: positions)]).sorted(rowCount: positions.count, signals)
  }

  /// - Returns: the number of groups.
  private func number(_ columns: [Column], rowCount: Int, into groups: UnsafeMutablePointer<UInt32>) -> Int {
    var count = number(columns[0], of: keys[0], rowCount: rowCount, into: groups)
    if columns.count > 1, scratch.count < rowCount { scratch = [UInt32](repeating: 0, count: rowCount) }
    for (index, pairs) in chain.enumerated() {
      scratch.withUnsafeMutableBufferPointer { buffer in
        guard let rights = buffer.baseAddress else { return }
        let rightCount = number(columns[index + 1], of: keys[index + 1], rowCount: rowCount, into: rights)
        pairs.number(groups, count, rights, rightCount, rowCount: rowCount)
      }
      count = pairs.count
    }
    return count
  }

  private func number(_ column: Column, of keys: Keys, rowCount: Int, into numbers: UnsafeMutablePointer<UInt32>) -> Int {
    switch keys {
    case .none:
      numbers.update(repeating: 0, count: rowCount)
      return rowCount > 0 ? 1 : 0
    case .longs(let table):
      if let values = column.values.asKeys {
        table.number(values, nulls: column.nulls, into: numbers)
      } else if rowCount > 0 {
        numbers.update(repeating: table.numberOfNull(), count: rowCount)
      }
      return table.count
    case .bytes(let table):
      if column.isAllNull {
        if rowCount > 0 { numbers.update(repeating: table.numberOfNull(), count: rowCount) }
      } else {
        table.number(column.values, nulls: column.nulls, into: numbers)
      }
      return table.count
    }
  }

  /// The keys of all groups, a column a key.
  func keyColumns() -> [Column] {
    let count = groupCount
    // Numbers of the groups' parts, from the last key to the first.
    var numbers = (0..<count).map { UInt32(truncatingIfNeeded: $0) }
    var columns: [Column] = []
    for index in types.indices.reversed() {
      var own = numbers
      if index > 0 {
        let pairs = chain[index - 1]
        own = numbers.map { pairs.right(Int($0)) }
        numbers = numbers.map { pairs.left(Int($0)) }
      }
      columns.append(keyColumn(types[index], keys[index], own))
    }
    return columns.reversed()
  }

  private func keyColumn(_ type: DataType, _ keys: Keys, _ numbers: [UInt32]) -> Column {
    let rows = Vector(numbers)
    switch keys {
    case .none: return .nulls(type, rowCount: numbers.count)
    case .longs(let table):
      let values = Vector(count: numbers.count) { (target: UnsafeMutablePointer<Int64>) in
        for row in 0..<numbers.count { (target + row).initialize(to: table.keys[Int(numbers[row])]) }
      }
      return Column(type: type, rowCount: numbers.count, values: .keys(values, type.layout), nulls: Self.nulls(numbers, table.nullNumber))
    case .bytes(let table):
      let values: Column.Values = .ordinals(rows, table.snapshot(), isSorted: false)
      return Column(type: type, rowCount: numbers.count, values: values, nulls: Self.nulls(numbers, table.nullNumber))
    }
  }

  private static func nulls(_ numbers: [UInt32], _ null: UInt32?) -> Bitmap? {
    guard let null else { return nil }
    return Bitmap(count: numbers.count) { numbers[$0] == null }
  }
}

extension Column.Values {
  /// Fixed-width values as 64 bits of which equal ones are equal values.
  fileprivate var asKeys: Vector<Int64>? {
    switch self {
    case .longs(let values): values
    case .booleans(let values):
      Vector(count: values.count) { target in
        for slot in 0..<values.count { (target + slot).initialize(to: Int64(values[slot])) }
      }
    case .doubles(let values):
      Vector(count: values.count) { target in
        for slot in 0..<values.count {
          (target + slot).initialize(to: Int64(bitPattern: (values[slot] == 0 ? 0 : values[slot]).bitPattern))
        }
      }
    default: nil
    }
  }

  /// What ``asKeys`` was made of.
  fileprivate static func keys(_ keys: Vector<Int64>, _ layout: DataType.Layout) -> Column.Values {
    switch layout {
    case .boolean:
      .booleans(
        Vector(count: keys.count) { target in
          for slot in 0..<keys.count { (target + slot).initialize(to: keys[slot] == 0 ? 0 : 1) }
        })
    case .double:
      .doubles(
        Vector(count: keys.count) { target in
          for slot in 0..<keys.count { (target + slot).initialize(to: Double(bitPattern: UInt64(bitPattern: keys[slot]))) }
        })
    default: .longs(keys)
    }
  }
}
