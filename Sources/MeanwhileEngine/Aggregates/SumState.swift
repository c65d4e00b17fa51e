import MeanwhileData

extension AggregateFunction {
  static let sum = AggregateFunction(
    name: "sum",
    documentation: FunctionDocumentation(
      category: .aggregate, syntax: "SUM(number)",
      summary: "The sum. Whole numbers are summed as longs; a sum that overflows is null, with a warning.",
      examples: [.init("ROW a = [1, 2, 3] | STATS s = SUM(a)", "6")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("sum", 1...1)
    try arguments.expect(0, .aggregatable)
    if arguments[0].type == .null { return .null }
    return arguments[0].type.layout == .long
      ? Resolution(type: .long) { frame in LongSumState(frame, isAverage: false) }
      : Resolution(type: .double) { frame in DoubleSumState(frame, isAverage: false) }
  }

  static let average = AggregateFunction(
    name: "avg",
    documentation: FunctionDocumentation(
      category: .aggregate, syntax: "AVG(number)", summary: "The average.", examples: [.init("ROW a = [1, 2, 6] | STATS x = AVG(a)", "3.0")]
    )
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("avg", 1...1)
    try arguments.expect(0, .aggregatable)
    return arguments[0].type.layout == .double
      ? Resolution(type: .double) { frame in DoubleSumState(frame, isAverage: true) }
      : Resolution(type: .double) { frame in LongSumState(frame, isAverage: true) }
  }
}

extension TypeSet {
  /// What sums and averages take.
  static let aggregatable = TypeSet(
    [.integer, .long, .double], ["aggregate_metric_double or numeric except unsigned_long or counter types"])
}

/// Sums and counts of whole numbers.
final class LongSumState: AggregateState {
  private struct Sum: BitwiseCopyable {
    var value: Int64
    var count: Int64
    var overflowed: Bool

    @inline(__always)
    mutating func add(_ other: Int64) {
      let (sum, overflow) = value.addingReportingOverflow(other)
      value = sum
      overflowed = overflowed || overflow
      count &+= 1
    }
  }

  private let sums = GroupBuffer(Sum(value: 0, count: 0, overflowed: false))
  private let frame: EvaluationFrame
  private let isAverage: Bool

  init(_ frame: EvaluationFrame, isAverage: Bool) {
    self.frame = frame
    self.isAverage = isAverage
  }

  var byteCount: Int { sums.byteCount }

  func update(_ arguments: [Column], groups: UnsafeBufferPointer<UInt32>, groupCount: Int) {
    sums.grow(to: groupCount)
    guard let input = AggregateInput<Int64>(arguments[0], groups) else { return }
    if groupCount == 1 {
      sums[0] = input.reduce(into: sums[0]) { $0.add($1) }
      return
    }
    let base = sums.base
    input.forEach { value, group in base[group].add(value) }
  }

  func merge(_ other: any AggregateState, groups: [UInt32], groupCount: Int) {
    sums.grow(to: groupCount)
    guard let other = other as? LongSumState else { return }
    for group in 0..<min(other.sums.count, groups.count) {
      let part = other.sums[group]
      var sum = sums[Int(groups[group])]
      sum.add(part.value)
      sum.count &+= part.count &- 1
      sum.overflowed = sum.overflowed || part.overflowed
      sums[Int(groups[group])] = sum
    }
  }

  func result(groupCount: Int) -> Column {
    sums.grow(to: groupCount)
    let sums = sums
    let nulls = Bitmap(count: groupCount) { sums[$0].count == 0 || sums[$0].overflowed }
    if (0..<groupCount).contains(where: { sums[$0].overflowed }) {
      frame.warnings.evaluationFailed(at: frame.origin, detail: Failure.longOverflow)
    }
    let values: Column.Values =
      isAverage
      ? .doubles(
        Vector(count: groupCount) { target in
          for group in 0..<groupCount { (target + group).initialize(to: Double(sums[group].value) / Double(max(1, sums[group].count))) }
        })
      : .longs(Vector(count: groupCount) { target in for group in 0..<groupCount { (target + group).initialize(to: sums[group].value) } })
    return Column(
      type: isAverage ? .double : .long, rowCount: groupCount, values: values, nulls: nulls.setCount == 0 ? nil : nulls)
  }
}

/// Sums and counts of doubles. The rounding errors are carried along (Kahan), so that the order of addition hardly matters.
final class DoubleSumState: AggregateState {
  struct Sum: BitwiseCopyable {
    var value: Double = 0
    var correction: Double = 0
    var count: Int64 = 0

    @inline(__always)
    mutating func add(_ other: Double) {
      addUnchecked(other)
      if !value.isFinite { correction = 0 }
    }

    /// The same for what is known to stay finite, or is looked at afterwards.
    @inline(__always)
    mutating func addUnchecked(_ other: Double) {
      let corrected = other + correction
      let sum = value + corrected
      correction = corrected - (sum - value)
      value = sum
      count &+= 1
    }

    mutating func add(_ other: Sum) {
      add(other.value)
      add(other.correction)
      count &+= other.count &- 2
    }
  }

  private let sums = GroupBuffer(Sum())
  /// Sums of one batch, several a group: an addition waits for the one before it, but not for one to another sum.
  private let lanes = GroupBuffer(Sum())
  private static let laneCount = 4
  private let frame: EvaluationFrame
  private let isAverage: Bool

  init(_ frame: EvaluationFrame, isAverage: Bool) {
    self.frame = frame
    self.isAverage = isAverage
  }

  var byteCount: Int { sums.byteCount + lanes.byteCount }

  func update(_ arguments: [Column], groups: UnsafeBufferPointer<UInt32>, groupCount: Int) {
    sums.grow(to: groupCount)
    guard let input = AggregateInput<Double>(arguments[0], groups) else { return }
    if groupCount * Self.laneCount * 4 < groups.count, updateLanes(input, groupCount) { return }
    let base = sums.base
    input.forEach { value, group in base[group].add(value) }
  }

  /// - Returns: false where a sum is no finite number, and nothing was added.
  private func updateLanes(_ input: AggregateInput<Double>, _ groupCount: Int) -> Bool {
    let laneCount = Self.laneCount
    let count = groupCount * laneCount
    lanes.grow(to: count)
    let lanes = lanes.base
    lanes.update(repeating: Sum(), count: count)
    var lane = 0
    input.forEach { value, group in
      lanes[group &* laneCount &+ lane].addUnchecked(value)
      lane = (lane &+ 1) & (laneCount &- 1)
    }
    for index in 0..<count where !lanes[index].value.isFinite { return false }
    let base = sums.base
    for index in 0..<count where lanes[index].count > 0 { base[index / laneCount].add(lanes[index]) }
    return true
  }

  func merge(_ other: any AggregateState, groups: [UInt32], groupCount: Int) {
    sums.grow(to: groupCount)
    guard let other = other as? DoubleSumState else { return }
    for group in 0..<min(other.sums.count, groups.count) { sums.base[Int(groups[group])].add(other.sums[group]) }
  }

  func result(groupCount: Int) -> Column {
    sums.grow(to: groupCount)
    let sums = sums
    let isAverage = isAverage
    let values = Vector<Double>(count: groupCount) { target in
      for group in 0..<groupCount {
        let sum = sums[group].value + sums[group].correction
        (target + group).initialize(to: isAverage ? sum / Double(max(1, sums[group].count)) : sum)
      }
    }
    var hasNotFinite = false
    let nulls = Bitmap(count: groupCount) { group in
      if sums[group].count == 0 { return true }
      if values[group].isFinite { return false }
      hasNotFinite = true
      return true
    }
    if hasNotFinite, let first = values.buffer.first(where: { !$0.isFinite }) {
      frame.warnings.evaluationFailed(at: frame.origin, detail: Failure.notFinite(first))
    }
    return Column(type: .double, rowCount: groupCount, values: .doubles(values), nulls: nulls.setCount == 0 ? nil : nulls)
  }
}
