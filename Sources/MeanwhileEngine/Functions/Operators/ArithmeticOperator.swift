import MeanwhileData

/// `+ - * / %` over numbers, and `+ -` over dates and spans. Results and failures are Elasticsearch's: an integer or long that overflows, a division
/// by zero and a double that is not finite become null with a warning.
enum ArithmeticOperator: String, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"

  var function: ScalarFunction {
    ScalarFunction(name: rawValue, documentation: documentation) { arguments throws(FunctionError) in
      try resolve(arguments)
    }
  }

  private var documentation: FunctionDocumentation {
    let (summary, query, result) =
      switch self {
      case .add: ("Adds two numbers, or a span to a date.", "ROW x = 2 + 3", "5")
      case .subtract: ("Subtracts a number from a number, or a span from a date.", "ROW x = 2 - 3", "-1")
      case .multiply: ("Multiplies two numbers.", "ROW x = 2 * 3.5", "7.0")
      case .divide: ("Divides two numbers; whole numbers give a whole number, rounded towards zero.", "ROW x = 7 / 2", "3")
      case .remainder: ("The remainder of a division, with the sign of the dividend.", "ROW x = -7 % 2", "-1")
      }
    return FunctionDocumentation(
      category: .operators, syntax: "left \(rawValue) right", summary: summary, examples: [.init(query, result)])
  }

  private static let dateMath = TypeSet(
    [.integer, .long, .unsignedLong, .double, .date, .dateNanos, .datePeriod, .timeDuration], ["date_nanos", "datetime", "numeric"])

  private func resolve(_ arguments: [ScalarFunction.Argument]) throws(FunctionError) -> ScalarFunction.Resolution {
    try arguments.expectCount(rawValue, 2...2)
    let takesDates = self == .add || self == .subtract
    for index in 0...1 { try arguments.expect(index, takesDates ? Self.dateMath : .numeric) }
    let left = arguments[0].type
    let right = arguments[1].type
    if !left.isNumeric && left != .null || !right.isNumeric && right != .null {
      return try resolveDates(arguments)
    }
    let isMixed = (left == .unsignedLong) != (right == .unsignedLong) && left != .null && right != .null
    guard !isMixed, let type = DataType.common(left, right) else { throw incompatible(left, right) }
    return ScalarFunction.Resolution(type: type, kernel: kernel(type))
  }

  private func incompatible(_ left: DataType, _ right: DataType) -> FunctionError {
    FunctionError("[\(rawValue)] has arguments with incompatible types [\(left.messageName)] and [\(right.messageName)]")
  }

  private func resolveDates(_ arguments: [ScalarFunction.Argument]) throws(FunctionError) -> ScalarFunction.Resolution {
    let left = arguments[0].type
    let right = arguments[1].type
    if left == .null || right == .null {
      let type = left == .null ? right : left
      return ScalarFunction.Resolution(type: type, kernel: .eager { _, frame in .nulls(type, rowCount: frame.rowCount) })
    }
    if left.isTemporalAmount && left == right {
      return ScalarFunction.Resolution(type: left, kernel: SpanArithmetic.addingSpans(left, isSubtraction: self == .subtract))
    }
    if left.isDate && right.isTemporalAmount {
      return SpanArithmetic.resolution(left, span: right, dateIndex: 0, isSubtraction: self == .subtract)
    }
    if left.isTemporalAmount && right.isDate && self == .add {
      return SpanArithmetic.resolution(right, span: left, dateIndex: 1, isSubtraction: false)
    }
    throw incompatible(left, right)
  }

  private func kernel(_ type: DataType) -> ScalarFunction.Kernel {
    switch type {
    case .integer: integerKernel
    case .long: longKernel
    case .unsignedLong: unsignedKernel
    case .double: doubleKernel
    default: .eager { _, frame in .nulls(type, rowCount: frame.rowCount) }
    }
  }

  // MARK: - Kernels

  private var integerKernel: ScalarFunction.Kernel {
    switch self {
    case .add: Self.checked(IntegerOperation<Addition>.self, .integer)
    case .subtract: Self.checked(IntegerOperation<Subtraction>.self, .integer)
    case .multiply: Self.checked(IntegerOperation<Multiplication>.self, .integer)
    case .divide: Self.checked(IntegerDivision.self, .integer)
    case .remainder: Self.checked(Remainder.self, .integer)
    }
  }

  private var longKernel: ScalarFunction.Kernel {
    switch self {
    case .add: Self.checked(Addition.self, .long)
    case .subtract: Self.checked(Subtraction.self, .long)
    case .multiply: Self.checked(Multiplication.self, .long)
    case .divide: Self.checked(Division.self, .long)
    case .remainder: Self.checked(Remainder.self, .long)
    }
  }

  private var unsignedKernel: ScalarFunction.Kernel {
    switch self {
    case .add: Self.checked(UnsignedAddition.self, .unsignedLong)
    case .subtract: Self.checked(UnsignedSubtraction.self, .unsignedLong)
    case .multiply: Self.checked(UnsignedMultiplication.self, .unsignedLong)
    case .divide: Self.checked(UnsignedDivision.self, .unsignedLong)
    case .remainder: Self.checked(UnsignedRemainder.self, .unsignedLong)
    }
  }

  private var doubleKernel: ScalarFunction.Kernel {
    switch self {
    case .add: Self.finite(Addition.self)
    case .subtract: Self.finite(Subtraction.self)
    case .multiply: Self.finite(Multiplication.self)
    case .divide: Self.finite(Division.self, detail: Failure.divisionByZero)
    case .remainder: Self.finite(Remainder.self, detail: Failure.divisionByZero)
    }
  }

  /// A kernel over whole numbers, specialised for its operation.
  @inline(__always)
  private static func checked<Operation: WholeOperation>(_: Operation.Type, _ type: DataType) -> ScalarFunction.Kernel {
    .eager { arguments, frame in
      frame.zipChecked(frame.cells(arguments[0], of: Int64.self), frame.cells(arguments[1], of: Int64.self), type: type) {
        Operation.apply($0, $1)
      } describe: { _, _, failure in
        failure == Operation.divisionByZero
          ? Failure.divisionByZero
          : type == .integer ? Failure.integerOverflow : type == .long ? Failure.longOverflow : Failure.unsignedLongOverflow
      }
    }
  }

  /// A kernel over doubles, specialised for its operation.
  @inline(__always)
  private static func finite<Operation: DoubleOperation>(_: Operation.Type, detail: String? = nil) -> ScalarFunction.Kernel {
    .eager { arguments, frame in
      frame.zipFinite(frame.doubles(arguments[0]), frame.doubles(arguments[1])) {
        Operation.apply($0, $1)
      } describe: {
        detail ?? Failure.notFinite($0)
      }
    }
  }
}

extension ScalarFunction {
  /// `-x`.
  static let negate = ScalarFunction(
    name: OperatorName.negate,
    documentation: FunctionDocumentation(
      category: .operators, syntax: "-value", summary: "The negative of a number or span.", examples: [.init("ROW x = -(2 + 3)", "-5")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("-", 1...1)
    try arguments.expect(
      0,
      TypeSet(
        [.integer, .long, .double, .datePeriod, .timeDuration],
        ["numeric", "date_period", "time_duration"]))
    let type = arguments[0].type
    if type == .datePeriod { return Resolution(type: type, kernel: SpanArithmetic.negatedPeriod) }
    guard type == .double else {
      return Resolution(
        type: type,
        kernel: .eager { arguments, frame in
          frame.mapChecked(frame.cells(arguments[0], of: Int64.self), type: type) { value in
            let (result, overflow) = Int64(0).subtractingReportingOverflow(value)
            let isInRange = type != .integer || Int64(Int32(truncatingIfNeeded: result)) == result
            return (result, overflow || !isInRange ? 1 : 0)
          } describe: { _, _ in
            type == .integer ? Failure.integerOverflow : Failure.longOverflow
          }
        })
    }
    return Resolution(type: .double, kernel: .eager { arguments, frame in frame.map(frame.doubles(arguments[0]), type: .double) { -$0 } })
  }
}
