import MeanwhileData

extension ScalarFunction {
  /// A number from 0 on, below 1, another for each row.
  static let random = ScalarFunction(
    name: OperatorName.random,
    documentation: FunctionDocumentation(
      category: .operators, syntax: "SAMPLE probability", summary: "A number from 0 on, below 1, another for each row.",
      propagatesNull: false),
    isDeterministic: false
  ) { arguments throws(FunctionError) in
    try arguments.expectCount(OperatorName.random, 0...0)
    return Resolution(
      type: .double,
      kernel: .eager { _, frame in
        var generator = SystemRandomNumberGenerator()
        let values = Vector<Double>(count: frame.rowCount) { target in
          for row in 0..<frame.rowCount { (target + row).initialize(to: Double.random(in: 0..<1, using: &generator)) }
        }
        return Column(type: .double, rowCount: frame.rowCount, values: .doubles(values))
      })
  }
}
