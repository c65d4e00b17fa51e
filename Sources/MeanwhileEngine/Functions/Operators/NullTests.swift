import MeanwhileData

extension ScalarFunction {
  /// `x IS NULL`.
  static let isNull = nullTest(
    OperatorName.isNull, syntax: "value IS NULL", summary: "Whether there is no value.",
    example: .init("ROW x = null IS NULL", "true"), whenNull: 1)

  /// `x IS NOT NULL`.
  static let isNotNull = nullTest(
    OperatorName.isNotNull, syntax: "value IS NOT NULL", summary: "Whether there is a value, or several.",
    example: .init("ROW x = null IS NOT NULL", "false"), whenNull: 0)

  private static func nullTest(
    _ name: String, syntax: String, summary: String, example: FunctionDocumentation.Example, whenNull: UInt8
  ) -> ScalarFunction {
    ScalarFunction(
      name: name,
      documentation: FunctionDocumentation(
        category: .operators, syntax: syntax, summary: summary, propagatesNull: false, examples: [example])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name, 1...1)
      return Resolution(type: .boolean, kernel: .eager { arguments, frame in test(arguments[0], frame, whenNull: whenNull) })
    }
  }

  private static func test(_ column: Column, _ frame: EvaluationFrame, whenNull: UInt8) -> Column {
    let count = frame.rowCount
    if !column.mayHaveNulls || column.isAllNull || column.isConstant {
      let isNull = column.isAllNull || column.isConstant && column.slots(ofRow: 0).isEmpty
      return Column(
        type: .boolean, rowCount: count, values: .booleans(Vector([isNull ? whenNull : 1 - whenNull])), isConstant: true)
    }
    let values = Vector<UInt8>(count: count) { target in
      if let offsets = column.offsets {
        for row in 0..<count { (target + row).initialize(to: offsets[row] == offsets[row + 1] ? whenNull : 1 - whenNull) }
      } else if let nulls = column.nulls {
        for row in 0..<count { (target + row).initialize(to: nulls[row] ? whenNull : 1 - whenNull) }
      }
    }
    return Column(type: .boolean, rowCount: count, values: .booleans(values))
  }
}
