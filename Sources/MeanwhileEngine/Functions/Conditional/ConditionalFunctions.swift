import MeanwhileData

extension ScalarFunction {
  static let coalesce = ScalarFunction(
    name: "coalesce",
    documentation: FunctionDocumentation(
      category: .conditional, syntax: "COALESCE(value, …)", summary: "The first of the arguments that is not null.", propagatesNull: false,
      examples: [.init("ROW x = COALESCE(null, \"b\")", "b")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("coalesce", 1...Int.max)
    let type = try commonType(arguments, indices: Array(arguments.indices))
    return Resolution(
      type: type,
      kernel: .lazy { expressions, frame in
        var choice = RowChoice(type: type, frame: frame)
        for expression in expressions where !choice.isComplete {
          let column = try choice.evaluate(expression)
          choice.take(column, where: column.hasValue)
        }
        return try choice.finish()
      })
  }

  static let caseWhen = ScalarFunction(
    name: "case",
    documentation: FunctionDocumentation(
      category: .conditional, syntax: "CASE(condition, value, …, [elseValue])",
      summary: "The value behind the first condition that is true, else the last value, else null.", propagatesNull: false,
      examples: [.init("ROW a = 5 | EVAL x = CASE(a > 9, \"many\", a > 3, \"some\", \"few\")", "5|some")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("case", 2...Int.max)
    let hasElse = arguments.count % 2 == 1
    var values: [Int] = []
    for index in stride(from: 0, to: arguments.count - 1, by: 2) {
      guard arguments[index].type == .boolean || arguments[index].type == .null else {
        throw .argument(index, arguments[index], mustBe: ["boolean"])
      }
      values.append(index + 1)
    }
    if hasElse { values.append(arguments.count - 1) }
    let type = try commonType(arguments, indices: values)
    let constants = ConstantChoice(arguments, type: type)
    return Resolution(
      type: type,
      kernel: .lazy { expressions, frame in
        let conditions = stride(from: 0, to: expressions.count - 1, by: 2).map { expressions[$0] }
        if let choice = try constants?.evaluate(conditions, frame) { return choice }
        var choice = RowChoice(type: type, frame: frame)
        for index in stride(from: 0, to: expressions.count - 1, by: 2) where !choice.isComplete {
          let condition = try choice.evaluate(expressions[index])
          try choice.take(expressions[index + 1], where: Selection(where: frame.singleCondition(condition)))
        }
        if hasElse, !choice.isComplete { try choice.take(expressions[expressions.count - 1], where: .all) }
        return try choice.finish()
      })
  }

  /// The type of values that one result column takes; strings mix, nulls go with all.
  private static func commonType(_ arguments: [Argument], indices: [Int]) throws(FunctionError) -> DataType {
    var type = DataType.null
    var first = 0
    for index in indices {
      let own = arguments[index].type == .text ? .keyword : arguments[index].type
      if type == .null {
        type = own
        first = index
      }
      guard own == type || own == .null || own.isNumeric && type.isNumeric, let wider = DataType.common(type, own) else {
        throw FunctionError(
          "\(FunctionError.ordinal(index)) argument of [",
          quotingCall: "] must be [\(arguments[first].type.messageName)], found value [\(arguments[index].text)] type [\(own.messageName)]")
      }
      type = wider
    }
    return type
  }
}

extension EvaluationFrame {
  /// A condition of `CASE`: one of several values is false, with a warning.
  fileprivate func singleCondition(_ column: Column) -> Column {
    guard let offsets = column.offsets else { return column }
    var quiet = self
    quiet.rowCount = column.rowCount
    quiet.warnings = Warnings()
    for row in 0..<(column.isConstant ? 1 : column.rowCount) where offsets[row + 1] - offsets[row] > 1 {
      warnings.evaluationFailed(at: origin, detail: Failure.severalValues, result: "false")
      break
    }
    return quiet.single(column)
  }
}

extension Column {
  /// The rows that have a value.
  fileprivate var hasValue: Selection {
    if isAllNull { return .some(.empty) }
    guard mayHaveNulls, !isConstant else { return .all }
    return .some(Vector((0..<rowCount).filter { !slots(ofRow: $0).isEmpty }.map { UInt32($0) }))
  }
}
