import MeanwhileData

extension ScalarFunction {
  /// `x IN (a, b)`: the first argument, then what it may equal.
  static let isIn = ScalarFunction(
    name: OperatorName.isIn,
    documentation: FunctionDocumentation(
      category: .operators, syntax: "value IN (other, …)",
      summary: "Whether a value equals one of a list. Where it equals none and one of them is null, so is the result.",
      propagatesNull: false, examples: [.init("ROW x = 2 IN (1, 2, null)", "true")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("IN", 2...Int.max)
    let equal = ComparisonOperator.equal.function
    var kernels: [@Sendable ([Column], EvaluationFrame) throws -> Column] = []
    for other in arguments.dropFirst() {
      if case .eager(let compute) = try equal.resolve([arguments[0], other]).kernel { kernels.append(compute) }
    }
    return Resolution(
      type: .boolean,
      kernel: .eager { [kernels] arguments, frame in
        var result = Column(constant: .boolean(false), type: .boolean, rowCount: frame.rowCount)
        // Once for all comparisons, so that a multi-value is warned of once.
        let value = frame.single(arguments[0])
        let list = arguments.dropFirst()
        for (kernel, other) in zip(kernels, list) {
          let equal = try kernel([value, other], frame)
          result = LogicOperator.or.combine(result, other.offsets == nil ? equal : equal.decided(whereSeveral: other, frame), frame)
        }
        return list.contains { $0.offsets != nil } ? result.undecided(whereNull: value, orAllSeveral: Array(list), frame) : result
      })
  }
}

// An element of the list that has several values equals nothing; it leaves the question open only where all elements are such (Elasticsearch's `In`).
extension Column {
  private func hasSeveral(_ row: Int) -> Bool {
    guard let offsets else { return false }
    let row = isConstant ? 0 : row
    return offsets[row + 1] - offsets[row] > 1
  }

  /// A condition that is false where an element has several values.
  fileprivate func decided(whereSeveral element: Column, _ frame: EvaluationFrame) -> Column {
    condition(frame) { row, cells in element.hasSeveral(row) ? (0, false) : (cells?[row] ?? 0, cells?.isNull(row) ?? true) }
  }

  /// A condition that is null where the value is, and where all elements have several values.
  fileprivate func undecided(whereNull value: Column, orAllSeveral list: [Column], _ frame: EvaluationFrame) -> Column {
    let isNowhere = value.isAllNull
    return condition(frame) { row, cells in
      let isOpen = isNowhere || (value.nulls?[row] ?? false) || list.allSatisfy { $0.hasSeveral(row) }
      return isOpen ? (0, true) : (cells?[row] ?? 0, cells?.isNull(row) ?? true)
    }
  }

  private func condition(_ frame: EvaluationFrame, _ body: (Int, Cells<UInt8>?) -> (value: UInt8, isNull: Bool)) -> Column {
    let cells = frame.cells(self, of: UInt8.self)
    let count = frame.rowCount
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    let values = Vector<UInt8>(count: count) { target in
      for row in 0..<count {
        let (value, isNull) = body(row, cells)
        (target + row).initialize(to: value)
        if isNull { words[row >> 6] |= 1 << UInt64(row & 63) }
      }
    }
    let nulls = words.contains { $0 != 0 } ? Bitmap(words: Vector(words), count: count) : nil
    return Column(type: .boolean, rowCount: count, values: .booleans(values), nulls: nulls)
  }
}
