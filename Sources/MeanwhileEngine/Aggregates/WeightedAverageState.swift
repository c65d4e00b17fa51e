import MeanwhileData

extension AggregateFunction {
  static let weightedAverage = AggregateFunction(
    name: "weighted_avg",
    documentation: FunctionDocumentation(
      category: .aggregate, syntax: "WEIGHTED_AVG(number, weight)",
      summary: "The average of numbers that count as much as their weights say.",
      examples: [.init("ROW a = 3.0, w = 2 | STATS x = WEIGHTED_AVG(a, w)", "3.0")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("weighted_avg", 2...2)
    for index in 0...1 { try arguments.expect(index, .signedNumeric) }
    return Resolution(type: .double) { frame in WeightedAverageState(frame) }
  }
}

/// Sums of weighted numbers and of weights. Rows without either count for nothing.
final class WeightedAverageState: AggregateState {
  private let products = GroupBuffer(DoubleSumState.Sum())
  private let weights = GroupBuffer(DoubleSumState.Sum())
  private let hasRows = GroupBuffer(false)
  private let frame: EvaluationFrame

  init(_ frame: EvaluationFrame) { self.frame = frame }

  var byteCount: Int { products.byteCount + weights.byteCount }

  private func grow(_ groupCount: Int) {
    products.grow(to: groupCount)
    weights.grow(to: groupCount)
    hasRows.grow(to: groupCount)
  }

  func update(_ arguments: [Column], groups: UnsafeBufferPointer<UInt32>, groupCount: Int) {
    grow(groupCount)
    var frame = frame
    frame.rowCount = groups.count
    guard let numbers = frame.doubles(arguments[0]), let shares = frame.doubles(arguments[1]) else { return }
    for row in 0..<groups.count where !numbers.isNull(row) && !shares.isNull(row) {
      products.base[Int(groups[row])].add(numbers[row] * shares[row])
      weights.base[Int(groups[row])].add(shares[row])
      hasRows[Int(groups[row])] = true
    }
  }

  func merge(_ other: any AggregateState, groups: [UInt32], groupCount: Int) {
    grow(groupCount)
    guard let other = other as? WeightedAverageState else { return }
    for group in 0..<min(other.products.count, groups.count) {
      products.base[Int(groups[group])].add(other.products[group])
      weights.base[Int(groups[group])].add(other.weights[group])
      if other.hasRows[group] { hasRows[Int(groups[group])] = true }
    }
  }

  func result(groupCount: Int) -> Column {
    grow(groupCount)
    let cells: [Value] = (0..<groupCount).map { group in
      if hasRows[group], weights[group].value == 0 { frame.warnings.evaluationFailed(at: frame.origin, detail: Failure.divisionByZero) }
      let average = products[group].value / weights[group].value
      return average.isFinite ? .double(average) : .null
    }
    return ColumnBuilder.column(of: cells, type: .double)
  }
}
