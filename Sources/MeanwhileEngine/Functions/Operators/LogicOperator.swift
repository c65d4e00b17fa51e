import MeanwhileData

/// `AND` and `OR` in three-valued logic. The right side is not evaluated where the left one decides every row.
enum LogicOperator: String, Sendable, CaseIterable {
  case and
  case or

  var function: ScalarFunction {
    let isAnd = self == .and
    return ScalarFunction(
      name: rawValue,
      documentation: FunctionDocumentation(
        category: .operators, syntax: "left \(rawValue.uppercased()) right",
        summary: isAnd
          ? "True where both are; false where either is, even if the other is null."
          : "True where either is, even if the other is null; false where both are.",
        propagatesNull: false,
        examples: [isAnd ? .init("ROW x = true AND false", "false") : .init("ROW x = true OR null", "true")])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(rawValue.uppercased(), 2...2)
      for index in 0...1 { try arguments.expect(index, .boolean) }
      return ScalarFunction.Resolution(
        type: .boolean,
        kernel: .lazy { arguments, frame in
          let left = try arguments[0].evaluate(frame)
          // The value that decides: false for AND, true for OR.
          if Self.isEverywhere(isAnd ? 0 : 1, left) { return left }
          return combine(left, try arguments[1].evaluate(frame), frame)
        })
    }
  }

  private static func isEverywhere(_ wanted: UInt8, _ column: Column) -> Bool {
    guard column.nulls == nil, column.offsets == nil, case .booleans(let values) = column.values else { return false }
    for index in 0..<values.count where values[index] != wanted { return false }
    return true
  }

  func combine(_ left: Column, _ right: Column, _ frame: EvaluationFrame) -> Column {
    let lefts = frame.cells(left, of: UInt8.self)
    let rights = frame.cells(right, of: UInt8.self)
    let isAnd = self == .and
    if let lefts, let rights, lefts.nulls == nil, rights.nulls == nil {
      return isAnd ? frame.zip(lefts, rights, type: .boolean) { $0 & $1 } : frame.zip(lefts, rights, type: .boolean) { $0 | $1 }
    }
    let count = frame.rowCount
    let decisive: UInt8 = isAnd ? 0 : 1
    var anyNull: UInt64 = 0
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    let values = Vector<UInt8>(count: count) { target in
      for row in 0..<count {
        let leftIsNull = lefts?.isNull(row) ?? true
        let rightIsNull = rights?.isNull(row) ?? true
        let leftValue = leftIsNull ? 1 - decisive : lefts?[row] ?? 0
        let rightValue = rightIsNull ? 1 - decisive : rights?[row] ?? 0
        let isDecided = leftValue == decisive || rightValue == decisive
        (target + row).initialize(to: isDecided ? decisive : 1 - decisive)
        let isNull = !isDecided && (leftIsNull || rightIsNull)
        words[row >> 6] |= (isNull ? 1 : 0) << UInt64(row & 63)
        anyNull |= isNull ? 1 : 0
      }
    }
    let nulls = anyNull == 0 ? nil : Bitmap(words: Vector(words), count: count)
    return Column(type: .boolean, rowCount: count, values: .booleans(values), nulls: nulls)
  }
}

extension ScalarFunction {
  /// `NOT x`.
  static let not = ScalarFunction(
    name: OperatorName.not,
    documentation: FunctionDocumentation(
      category: .operators, syntax: "NOT condition", summary: "True where the condition is false.",
      examples: [.init("ROW x = NOT true", "false")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("NOT", 1...1)
    try arguments.expect(0, .boolean)
    return Resolution(
      type: .boolean,
      kernel: .eager { arguments, frame in frame.map(frame.cells(arguments[0], of: UInt8.self), type: .boolean) { 1 &- $0 } })
  }
}
