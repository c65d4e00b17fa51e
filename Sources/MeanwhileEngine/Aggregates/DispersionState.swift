import MeanwhileData

extension AggregateFunction {
  static let standardDeviation = dispersion(
    "std_dev", "The standard deviation of the whole population.",
    example: .init("ROW a = [2, 4, 4, 4, 5, 5, 7, 9] | STATS x = STD_DEV(a)", "2.0")
  ) { $0.squareRoot() }

  static let variance = dispersion(
    "variance", aliases: ["std_var"], "The variance of the whole population.",
    example: .init("ROW a = [2, 4, 4, 4, 5, 5, 7, 9] | STATS x = VARIANCE(a)", "4.0")
  ) { $0 }

  private static func dispersion(
    _ name: String, aliases: [String] = [], _ summary: String, example: FunctionDocumentation.Example,
    _ finish: @escaping @Sendable (Double) -> Double
  ) -> AggregateFunction {
    AggregateFunction(
      name: name, aliases: aliases,
      documentation: FunctionDocumentation(
        category: .aggregate, syntax: "\(name.uppercased())(number)", summary: summary, examples: [example])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name, 1...1)
      try arguments.expect(0, .signedNumeric)
      return Resolution(type: .double) { frame in DispersionState(frame, finish) }
    }
  }
}

/// Mean and sum of squared distances from it, updated a value at a time (Welford) and merged (Chan), so that large values do not cancel.
final class DispersionState: AggregateState {
  private struct Moments: BitwiseCopyable {
    var count: Double = 0
    var mean: Double = 0
    var squares: Double = 0

    mutating func add(_ value: Double) {
      count += 1
      let distance = value - mean
      mean += distance / count
      squares += distance * (value - mean)
    }

    mutating func add(_ other: Moments) {
      guard other.count > 0 else { return }
      let total = count + other.count
      let distance = other.mean - mean
      squares += other.squares + distance * distance * count * other.count / total
      mean += distance * other.count / total
      count = total
    }
  }

  private let moments = GroupBuffer(Moments())
  private let frame: EvaluationFrame
  private let finish: @Sendable (Double) -> Double

  init(_ frame: EvaluationFrame, _ finish: @escaping @Sendable (Double) -> Double) {
    self.frame = frame
    self.finish = finish
  }

  var byteCount: Int { moments.byteCount }

  func update(_ arguments: [Column], groups: UnsafeBufferPointer<UInt32>, groupCount: Int) {
    moments.grow(to: groupCount)
    let base = moments.base
    AggregateInput<Double>(arguments[0].widened(to: .double), groups)?.forEach { value, group in base[group].add(value) }
  }

  func merge(_ other: any AggregateState, groups: [UInt32], groupCount: Int) {
    moments.grow(to: groupCount)
    guard let other = other as? DispersionState else { return }
    for group in 0..<min(other.moments.count, groups.count) { moments.base[Int(groups[group])].add(other.moments[group]) }
  }

  func result(groupCount: Int) -> Column {
    moments.grow(to: groupCount)
    let cells: [Value] = (0..<groupCount).map { group in
      let moment = moments[group]
      let value = moment.count > 0 ? finish(moment.squares / moment.count) : .nan
      return value.isFinite ? .double(value) : .null
    }
    return ColumnBuilder.column(of: cells, type: .double)
  }
}
