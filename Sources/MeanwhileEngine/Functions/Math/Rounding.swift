import Meanwhile
import MeanwhileData

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// Rounding, absolute values, powers and logarithms: functions whose result's type depends on their arguments'.

extension ScalarFunction {
  /// `CEIL`, `FLOOR`.
  static let ceiling = rounding(
    "ceil", .up, summary: "The least whole number that is not less.", example: .init("ROW x = CEIL(1.2)", "2.0"))
  static let floor = rounding(
    "floor", .down, summary: "The greatest whole number that is not more.", example: .init("ROW x = FLOOR(1.8)", "1.0"))

  private static func rounding(
    _ name: String, _ rule: FloatingPointRoundingRule, summary: String, example: FunctionDocumentation.Example
  ) -> ScalarFunction {
    ScalarFunction(
      name: name,
      documentation: FunctionDocumentation(category: .math, syntax: "\(name.uppercased())(number)", summary: summary, examples: [example])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name, 1...1)
      try arguments.expect(0, .numeric)
      let type = arguments[0].type
      guard type == .double else { return Resolution(type: type, kernel: .eager { arguments, frame in frame.single(arguments[0]) }) }
      return Resolution(
        type: .double, kernel: .eager { arguments, frame in frame.map(frame.doubles(arguments[0]), type: .double) { $0.rounded(rule) } })
    }
  }

  /// `ABS`.
  static let absolute = ScalarFunction(
    name: "abs",
    documentation: FunctionDocumentation(
      category: .math, syntax: "ABS(number)", summary: "The number without its sign.", examples: [.init("ROW x = ABS(-1.5)", "1.5")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("abs", 1...1)
    try arguments.expect(0, .numeric)
    let type = arguments[0].type
    switch type {
    case .double:
      return Resolution(
        type: type, kernel: .eager { arguments, frame in frame.map(frame.doubles(arguments[0]), type: type) { $0.magnitude } })
    case .integer, .long:
      return Resolution(
        type: type,
        kernel: .eager { arguments, frame in
          frame.mapChecked(frame.cells(arguments[0], of: Int64.self), type: type) { value in
            let isSmallest = value == (type == .integer ? Int64(Int32.min) : .min)
            return (isSmallest ? 0 : abs(value), isSmallest ? 1 : 0)
          } describe: { _, _ in
            type == .integer
              ? "java.lang.ArithmeticException: Overflow to represent absolute value of Integer.MIN_VALUE" : Failure.longOverflow
          }
        })
    // An unsigned number is its own magnitude, several of them too.
    default: return Resolution(type: type, kernel: .eager { arguments, _ in arguments[0] })
    }
  }

  /// `ROUND(number, [decimals])`: halves away from zero; negative decimals round before the point.
  static let round = ScalarFunction(
    name: "round",
    documentation: FunctionDocumentation(
      category: .math, syntax: "ROUND(number, [decimals])", summary: "The number rounded to some decimals; 0 unless given.",
      examples: [.init("ROW x = ROUND(1.234, 2)", "1.23")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("round", 1...2)
    try arguments.expect(0, .numeric)
    try arguments.expect(1, .wholeNumber)
    let type = arguments[0].type
    guard type != .null, arguments.count == 1 || arguments[1].type != .null else {
      return Resolution(type: type, kernel: .eager { _, frame in .nulls(type, rowCount: frame.rowCount) })
    }
    return Resolution(
      type: type,
      kernel: .eager { arguments, frame in
        let number = frame.single(arguments[0])
        let decimals =
          arguments.count == 2 ? frame.single(arguments[1]) : Column(constant: .long(0), type: .integer, rowCount: frame.rowCount)
        guard let places: Cells<Int64> = frame.cells(decimals) else { return .nulls(type, rowCount: frame.rowCount) }
        if type == .double {
          return frame.zip(frame.doubles(number), places, type: type) { Rounding.round($0, places: $1) }
        }
        guard type == .unsignedLong else {
          return frame.zip(frame.cells(number, of: Int64.self), places, type: type) { Rounding.round($0, places: $1) }
        }
        return frame.zipChecked(frame.cells(number, of: Int64.self), places, type: type) {
          (value: Int64, places: Int64) -> (Int64, UInt8) in
          guard let rounded = Rounding.round(UnsignedLong.decode(value), places: places) else { return (value, 1) }
          return (UnsignedLong.encode(rounded), 0)
        } describe: { _, _, _ in
          Failure.unsignedLongOverflow
        }
      })
  }

  /// `POW(base, exponent)`.
  static let power = ScalarFunction(
    name: "pow",
    documentation: FunctionDocumentation(
      category: .math, syntax: "POW(base, exponent)", summary: "A number to the power of another.",
      examples: [.init("ROW x = POW(2.0, 3)", "8.0")])
  ) { arguments throws(FunctionError) in try doubles("pow", arguments) { pow($0, $1) } }

  /// `ATAN2(y, x)`.
  static let atan2 = ScalarFunction(
    name: "atan2",
    documentation: FunctionDocumentation(
      category: .math, syntax: "ATAN2(y, x)", summary: "The angle of a point seen from the origin, in radians.",
      examples: [.init("ROW x = ATAN2(0.0, 1.0)", "0.0")])
  ) { arguments throws(FunctionError) in try doubles("atan2", arguments) { arcTangent($0, $1) } }

  /// `HYPOT(a, b)`.
  static let hypotenuse = ScalarFunction(
    name: "hypot",
    documentation: FunctionDocumentation(
      category: .math, syntax: "HYPOT(number1, number2)", summary: "The third side of a right-angled triangle.",
      examples: [.init("ROW x = HYPOT(3.0, 4.0)", "5.0")])
  ) { arguments throws(FunctionError) in try doubles("hypot", arguments) { hypot($0, $1) } }

  private static func doubles(
    _ name: String, _ arguments: [Argument], _ compute: @escaping @Sendable (Double, Double) -> Double
  ) throws(FunctionError) -> Resolution {
    try arguments.expectCount(name, 2...2)
    for index in 0...1 { try arguments.expect(index, .numeric) }
    return Resolution(
      type: .double,
      kernel: .eager { arguments, frame in
        frame.zipChecked(frame.doubles(arguments[0]), frame.doubles(arguments[1]), type: .double) { left, right in
          let result = compute(left, right)
          return (result, result.isFinite ? 0 : 1)
        } describe: { left, right, _ in
          Failure.notFinite(compute(left, right))
        }
      })
  }

  /// `LOG([base], number)`.
  static let logarithm = ScalarFunction(
    name: "log",
    documentation: FunctionDocumentation(
      category: .math, syntax: "LOG([base], number)", summary: "The logarithm to a base, or the natural one.",
      examples: [.init("ROW x = LOG(2.0, 8.0)", "3.0")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("log", 1...2)
    for index in arguments.indices { try arguments.expect(index, .numeric) }
    return Resolution(
      type: .double,
      kernel: .eager { arguments, frame in
        let base = arguments.count == 2 ? frame.doubles(arguments[0]) : Cells(vector: Vector([exp(1.0)]), nulls: nil, isConstant: true)
        let isNatural = arguments.count == 1
        return frame.zipChecked(base, frame.doubles(arguments[arguments.count - 1]), type: .double) { base, value -> (Double, UInt8) in
          guard base > 0, value > 0 else { return (0, 1) }
          guard base != 1 else { return (0, 2) }
          return (isNatural ? log(value) : log10(value) / log10(base), 0)
        } describe: { _, _, failure in
          failure == 1 ? "java.lang.ArithmeticException: Log of non-positive number" : "java.lang.ArithmeticException: Log of base 1"
        }
      })
  }

  /// `PI`, `E`, `TAU`.
  static let constants: [ScalarFunction] = [("pi", Double.pi), ("e", exp(1.0)), ("tau", 2 * Double.pi)].map { name, value in
    ScalarFunction(
      name: name,
      documentation: FunctionDocumentation(
        category: .math, syntax: "\(name.uppercased())()", summary: "The number \(name).",
        examples: [.init("ROW x = \(name.uppercased())()", JSONText.javaSpelling(of: value))])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name, 0...0)
      return Resolution(
        type: .double, kernel: .eager { _, frame in Column(constant: .double(value), type: .double, rowCount: frame.rowCount) })
    }
  }
}

/// The angle of a point; the C library's function, whose name a static member hides.
private func arcTangent(_ y: Double, _ x: Double) -> Double { atan2(y, x) }

/// How numbers are rounded to decimal places.
enum Rounding {
  static func round(_ value: Double, places: Int64) -> Double {
    guard value.isFinite, places <= 308 else { return value }
    guard places >= -308 else { return 0 }
    if places == 0 { return value.rounded(.toNearestOrAwayFromZero) }
    let scale = pow(10, Double(places.magnitude))
    let scaled = places > 0 ? value * scale : value / scale
    guard scaled.isFinite else { return value }
    let rounded = scaled.rounded(.toNearestOrAwayFromZero)
    return places > 0 ? rounded / scale : rounded * scale
  }

  static func round(_ value: Int64, places: Int64) -> Int64 {
    guard let scale = scale(places) else { return places >= 0 ? value : 0 }
    let rest = value % scale
    let base = value - rest
    guard rest.magnitude >= scale.magnitude / 2 + scale.magnitude % 2 else { return base }
    let (rounded, overflow) = value < 0 ? base.subtractingReportingOverflow(scale) : base.addingReportingOverflow(scale)
    return overflow ? base : rounded
  }

  static func round(_ value: UInt64, places: Int64) -> UInt64? {
    // The greatest power of ten that an unsigned long holds is beyond a long's.
    guard let scale = places == -19 ? 10_000_000_000_000_000_000 : scale(places).map(UInt64.init) else { return places >= 0 ? value : 0 }
    let rest = value % scale
    guard rest >= scale / 2 else { return value - rest }
    let (rounded, overflow) = (value - rest).addingReportingOverflow(scale)
    return overflow ? nil : rounded
  }

  /// The power of ten below which digits go; nil where none or all do.
  private static func scale(_ places: Int64) -> Int64? {
    guard places < 0, places >= -18 else { return nil }
    return (0..<(-places)).reduce(Int64(1)) { scale, _ in scale * 10 }
  }
}
