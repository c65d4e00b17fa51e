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
    case .add: Self.checked(.integer) { Self.inIntegerRange($0 &+ $1) }
    case .subtract: Self.checked(.integer) { Self.inIntegerRange($0 &- $1) }
    case .multiply: Self.checked(.integer) { Self.inIntegerRange($0 &* $1) }
    case .divide:
      // The least integer over -1 wraps, as in Java.
      Self.checked(.integer) { $1 == 0 ? (0, 2) : (Int64(Int32(truncatingIfNeeded: $0.dividedReportingOverflow(by: $1).partialValue)), 0) }
    case .remainder: Self.checked(.integer) { $1 == 0 ? (0, 2) : ($0.remainderReportingOverflow(dividingBy: $1).partialValue, 0) }
    }
  }

  private var longKernel: ScalarFunction.Kernel {
    switch self {
    case .add:
      Self.checked(.long) {
        let (value, overflow) = $0.addingReportingOverflow($1)
        return (value, overflow ? 1 : 0)
      }
    case .subtract:
      Self.checked(.long) {
        let (value, overflow) = $0.subtractingReportingOverflow($1)
        return (value, overflow ? 1 : 0)
      }
    case .multiply:
      Self.checked(.long) {
        let (value, overflow) = $0.multipliedReportingOverflow(by: $1)
        return (value, overflow ? 1 : 0)
      }
    case .divide: Self.checked(.long) { $1 == 0 ? (0, 2) : ($0.dividedReportingOverflow(by: $1).partialValue, 0) }
    case .remainder: Self.checked(.long) { $1 == 0 ? (0, 2) : ($0.remainderReportingOverflow(dividingBy: $1).partialValue, 0) }
    }
  }

  private var unsignedKernel: ScalarFunction.Kernel {
    switch self {
    case .add: Self.unsigned { $0.addingReportingOverflow($1) }
    case .subtract: Self.unsigned { $0.subtractingReportingOverflow($1) }
    case .multiply: Self.unsigned { $0.multipliedReportingOverflow(by: $1) }
    case .divide:
      Self.checked(.unsignedLong) { left, right in
        right == .min ? (0, 2) : (Int64(bitPattern: UInt64(bitPattern: left ^ .min) / UInt64(bitPattern: right ^ .min)) ^ .min, 0)
      }
    case .remainder:
      Self.checked(.unsignedLong) { left, right in
        right == .min ? (0, 2) : (Int64(bitPattern: UInt64(bitPattern: left ^ .min) % UInt64(bitPattern: right ^ .min)) ^ .min, 0)
      }
    }
  }

  private var doubleKernel: ScalarFunction.Kernel {
    switch self {
    case .add: Self.finite { $0 + $1 }
    case .subtract: Self.finite { $0 - $1 }
    case .multiply: Self.finite { $0 * $1 }
    case .divide: Self.finite(detail: Failure.divisionByZero) { $0 / $1 }
    case .remainder: Self.finite(detail: Failure.divisionByZero) { $0.truncatingRemainder(dividingBy: $1) }
    }
  }

  @inline(__always)
  private static func inIntegerRange(_ value: Int64) -> (Int64, UInt8) {
    (value, Int64(Int32(truncatingIfNeeded: value)) == value ? 0 : 1)
  }

  /// A kernel over whole numbers. Failure 1 is an overflow, 2 a division by zero.
  @inline(__always)
  private static func checked(_ type: DataType, _ body: @escaping @Sendable (Int64, Int64) -> (Int64, UInt8)) -> ScalarFunction.Kernel {
    .eager { arguments, frame in
      frame.zipChecked(frame.cells(arguments[0], of: Int64.self), frame.cells(arguments[1], of: Int64.self), type: type, body) {
        _, _, failure in
        failure == 2
          ? Failure.divisionByZero
          : type == .integer ? Failure.integerOverflow : type == .long ? Failure.longOverflow : Failure.unsignedLongOverflow
      }
    }
  }

  @inline(__always)
  private static func unsigned(_ body: @escaping @Sendable (UInt64, UInt64) -> (UInt64, Bool)) -> ScalarFunction.Kernel {
    checked(.unsignedLong) { left, right in
      let (value, overflow) = body(UInt64(bitPattern: left ^ .min), UInt64(bitPattern: right ^ .min))
      return (Int64(bitPattern: value) ^ .min, overflow ? 1 : 0)
    }
  }

  @inline(__always)
  private static func finite(detail: String? = nil, _ body: @escaping @Sendable (Double, Double) -> Double) -> ScalarFunction.Kernel {
    .eager { arguments, frame in
      frame.zipChecked(frame.doubles(arguments[0]), frame.doubles(arguments[1]), type: .double) { left, right in
        let value = body(left, right)
        return (value, value.isFinite ? 0 : 1)
      } describe: { left, right, _ in
        detail ?? Failure.notFinite(body(left, right))
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
