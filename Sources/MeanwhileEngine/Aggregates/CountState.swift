import MeanwhileData

extension AggregateFunction {
  static let count = AggregateFunction(
    name: "count",
    documentation: FunctionDocumentation(
      category: .aggregate, syntax: "COUNT([field])", summary: "The number of values, or of rows where there is no argument or `*`.",
      propagatesNull: false, examples: [.init("ROW a = [1, 2, 3] | STATS n = COUNT(a)", "3")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("count", 0...1)
    return Resolution(type: .long) { _ in CountState() }
  }
}

/// Counts values: those of the argument, or rows where there is none.
final class CountState: AggregateState {
  let counts = GroupBuffer<Int64>(0)
  /// Counts of one batch, several a group: a count waits for the one before it, but not for one elsewhere.
  private let lanes = GroupBuffer<UInt32>(0)
  private static let laneCount = 4

  var byteCount: Int { counts.byteCount + lanes.byteCount }

  func update(_ arguments: [Column], groups: UnsafeBufferPointer<UInt32>, groupCount: Int) {
    counts.grow(to: groupCount)
    guard let column = arguments.first else { return addRows(groups, groupCount, each: 1) }
    if column.isAllNull { return }
    if column.isConstant { return addRows(groups, groupCount, each: Int64(column.slots(ofRow: 0).count)) }
    if let offsets = column.offsets {
      for row in 0..<groups.count { counts[Int(groups[row])] &+= Int64(offsets[row + 1] - offsets[row]) }
    } else if let nulls = column.nulls {
      if groupCount == 1 {
        counts[0] &+= Int64(groups.count - nulls.setCount)
      } else {
        for row in 0..<groups.count { counts[Int(groups[row])] &+= nulls[row] ? 0 : 1 }
      }
    } else {
      addRows(groups, groupCount, each: 1)
    }
  }

  private func addRows(_ groups: UnsafeBufferPointer<UInt32>, _ groupCount: Int, each: Int64) {
    if groupCount == 1 {
      counts[0] &+= Int64(groups.count) * each
      return
    }
    if groupCount * Self.laneCount * 4 < groups.count { return addLanes(groups, groupCount, each: each) }
    let base = counts.base
    for row in 0..<groups.count { base[Int(groups[row])] &+= each }
  }

  private func addLanes(_ groups: UnsafeBufferPointer<UInt32>, _ groupCount: Int, each: Int64) {
    let laneCount = Self.laneCount
    let count = groupCount * laneCount
    lanes.grow(to: count)
    let lanes = lanes.base
    lanes.update(repeating: 0, count: count)
    for row in 0..<groups.count { lanes[Int(groups[row]) &* laneCount &+ row & (laneCount &- 1)] &+= 1 }
    let base = counts.base
    for index in 0..<count { base[index / laneCount] &+= Int64(lanes[index]) &* each }
  }

  func merge(_ other: any AggregateState, groups: [UInt32], groupCount: Int) {
    counts.grow(to: groupCount)
    guard let other = other as? CountState else { return }
    for group in 0..<min(other.counts.count, groups.count) { counts[Int(groups[group])] &+= other.counts[group] }
  }

  func result(groupCount: Int) -> Column {
    counts.grow(to: groupCount)
    let counts = counts
    let values = Vector<Int64>(count: groupCount) { $0.initialize(from: counts.base, count: groupCount) }
    return Column(type: .long, rowCount: groupCount, values: .longs(values))
  }
}
