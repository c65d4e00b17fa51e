import Meanwhile
import MeanwhileData

extension AggregateFunction {
  static let values = AggregateFunction(
    name: "values",
    documentation: FunctionDocumentation(
      category: .aggregate, syntax: "VALUES(field)", summary: "The different values, ascending.",
      examples: [.init("ROW a = [2, 1, 2] | STATS x = MV_SORT(VALUES(a))", "[1, 2]")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("values", 1...1)
    try arguments.expect(0, TypeSet(TypeSet.representable.types, ["any type except unsigned_long and spatial types"]))
    let type = arguments[0].type == .text ? .keyword : arguments[0].type
    return Resolution(type: type) { frame in ValuesState(type, frame.signals) }
  }
}

/// The different values of each group: values are numbered as grouping keys are, and pairs of group and value are kept.
final class ValuesState: AggregateState {
  private let type: DataType
  private let table: GroupTable
  private let pairs = PairTable()
  private let signals: QuerySignals

  init(_ type: DataType, _ signals: QuerySignals) {
    self.type = type
    self.signals = signals
    table = GroupTable([type])
  }

  var byteCount: Int { table.byteCount + pairs.byteCount }

  func update(_ arguments: [Column], groups: UnsafeBufferPointer<UInt32>, groupCount: Int) {
    let slots = VectorBuilder<UInt32>(capacity: groups.count)
    let owners = VectorBuilder<UInt32>(capacity: groups.count)
    for row in 0..<groups.count {
      for slot in arguments[0].slots(ofRow: row) {
        slots.append(UInt32(truncatingIfNeeded: slot))
        owners.append(groups[row])
      }
    }
    guard slots.count > 0 else { return }
    let count = slots.count
    add(Column(type: type, rowCount: count, values: arguments[0].values.gather(slots.finish())), owners.finish(), groupCount)
  }

  private func add(_ values: Column, _ owners: Vector<UInt32>, _ groupCount: Int) {
    var lefts = [UInt32](repeating: 0, count: owners.count)
    var rights = lefts
    for index in lefts.indices { lefts[index] = owners[index] }
    lefts.withUnsafeMutableBufferPointer { lefts in
      rights.withUnsafeMutableBufferPointer { rights in
        guard let left = lefts.baseAddress, let right = rights.baseAddress else { return }
        table.assign([values], rowCount: owners.count, position: 0, into: right)
        pairs.number(left, groupCount, right, table.groupCount, rowCount: owners.count)
      }
    }
  }

  func merge(_ other: any AggregateState, groups: [UInt32], groupCount: Int) {
    guard let other = other as? ValuesState, other.pairs.count > 0, let keys = other.table.keyColumns().first else { return }
    let rows = Vector((0..<other.pairs.count).map { other.pairs.right($0) })
    add(keys.gather(rows), Vector((0..<other.pairs.count).map { groups[Int(other.pairs.left($0))] }), groupCount)
  }

  func result(groupCount: Int) throws -> Column {
    guard let keys = table.keyColumns().first, pairs.count > 0 else { return .nulls(type, rowCount: groupCount) }
    let rank = try RowOrder([keys], [Plan.SortKey(.literal(.null, type))], signals).sorted(rowCount: keys.rowCount, signals)
    var ranks = [UInt32](repeating: 0, count: keys.rowCount)
    for place in 0..<rank.count { ranks[Int(rank[place])] = UInt32(truncatingIfNeeded: place) }
    let byGroupThenRank = (0..<pairs.count).map { UInt64(pairs.left($0)) << 32 | UInt64(ranks[Int(pairs.right($0))]) }
    let order = try RowOrder(keys: [RowOrder.Key(bits: byGroupThenRank)]).sorted(rowCount: pairs.count, signals)
    var starts = [UInt32](repeating: 0, count: groupCount + 1)
    for number in 0..<pairs.count { starts[Int(pairs.left(number)) + 1] += 1 }
    for group in 0..<groupCount { starts[group + 1] += starts[group] }
    let column = Column(
      type: type, rowCount: groupCount, values: keys.values.gather(Vector((0..<order.count).map { pairs.right(Int(order[$0])) })),
      offsets: Vector(starts))
    return column
  }
}
