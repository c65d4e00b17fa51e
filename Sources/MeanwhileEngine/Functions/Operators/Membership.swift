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
        for (kernel, other) in zip(kernels, arguments.dropFirst()) {
          result = LogicOperator.or.combine(result, try kernel([value, other], frame), frame)
        }
        return result
      })
  }
}
