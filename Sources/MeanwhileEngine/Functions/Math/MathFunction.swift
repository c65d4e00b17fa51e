import MeanwhileData

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Functions from a double to a double. A result that is not finite makes the row null, with a warning.
struct MathFunction: Sendable {
  let name: String
  let summary: String
  let example: FunctionDocumentation.Example
  /// What is wrong with an argument; nil where nothing is.
  var objection: (@Sendable (Double) -> String?)?
  let compute: @Sendable (Double) -> Double

  static let all: [MathFunction] = [
    .init(name: "acos", summary: "The arc cosine, in radians.", example: .init("ROW x = ACOS(1.0)", "0.0"), objection: outside("Acos")) {
      acos($0)
    },
    .init(
      name: "acosh", summary: "The inverse hyperbolic cosine.", example: .init("ROW x = ACOSH(1.0)", "0.0"),
      objection: { $0 < 1 ? "java.lang.ArithmeticException: Acosh input out of range" : nil }
    ) { acosh($0) },
    .init(name: "asin", summary: "The arc sine, in radians.", example: .init("ROW x = ASIN(0.0)", "0.0"), objection: outside("Asin")) {
      asin($0)
    },
    .init(name: "asinh", summary: "The inverse hyperbolic sine.", example: .init("ROW x = ASINH(0.0)", "0.0")) { asinh($0) },
    .init(name: "atan", summary: "The arc tangent, in radians.", example: .init("ROW x = ATAN(0.0)", "0.0")) { atan($0) },
    .init(
      name: "atanh", summary: "The inverse hyperbolic tangent.", example: .init("ROW x = ATANH(0.0)", "0.0"),
      objection: { $0.magnitude >= 1 ? "java.lang.ArithmeticException: Atanh input out of range" : nil }
    ) { atanh($0) },
    .init(name: "cbrt", summary: "The cube root.", example: .init("ROW x = CBRT(1000.0)", "10.0")) { cbrt($0) },
    .init(name: "cos", summary: "The cosine of an angle in radians.", example: .init("ROW x = COS(0.0)", "1.0")) { cos($0) },
    .init(name: "cosh", summary: "The hyperbolic cosine.", example: .init("ROW x = COSH(0.0)", "1.0")) { cosh($0) },
    .init(name: "exp", summary: "Euler's number to the power of an argument.", example: .init("ROW x = EXP(0.0)", "1.0")) { exp($0) },
    .init(name: "log10", summary: "The logarithm to base 10.", example: .init("ROW x = LOG10(1000.0)", "3.0"), objection: nonPositive) {
      log10($0)
    },
    .init(name: "signum", summary: "The sign: -1, 0 or 1.", example: .init("ROW x = SIGNUM(-3.5)", "-1.0")) {
      $0 > 0 ? 1 : $0 < 0 ? -1 : $0
    },
    .init(name: "sin", summary: "The sine of an angle in radians.", example: .init("ROW x = SIN(0.0)", "0.0")) { sin($0) },
    .init(name: "sinh", summary: "The hyperbolic sine.", example: .init("ROW x = SINH(0.0)", "0.0")) { sinh($0) },
    .init(
      name: "sqrt", summary: "The square root.", example: .init("ROW x = SQRT(100.0)", "10.0"),
      objection: { $0 < 0 ? "java.lang.ArithmeticException: Square root of negative" : nil }
    ) { $0.squareRoot() },
    .init(name: "tan", summary: "The tangent of an angle in radians.", example: .init("ROW x = TAN(0.0)", "0.0")) { tan($0) },
    .init(name: "tanh", summary: "The hyperbolic tangent.", example: .init("ROW x = TANH(0.0)", "0.0")) { tanh($0) },
    .init(name: "to_degrees", summary: "Radians as degrees.", example: .init("ROW x = TO_DEGREES(0.0)", "0.0")) { $0 / .pi * 180 },
    .init(name: "to_radians", summary: "Degrees as radians.", example: .init("ROW x = TO_RADIANS(0.0)", "0.0")) { $0 / 180 * .pi },
  ]

  private func convertEach(_ column: Column, _ frame: EvaluationFrame) -> Column {
    frame.convertEach(column, to: .double) { slot, out throws(EvaluationFailure) in
      let value: Double
      switch column.values {
      case .doubles(let values): value = values[slot]
      case .longs(let values): value = column.type == .unsignedLong ? Double(UnsignedLong.decode(values[slot])) : Double(values[slot])
      default: value = .nan
      }
      let result = compute(value)
      guard result.isFinite else { throw EvaluationFailure(Failure.notFinite(result)) }
      out.doubles.append(result)
    }
  }

  private static let nonPositive: @Sendable (Double) -> String? = {
    $0 <= 0 ? "java.lang.ArithmeticException: Log of non-positive number" : nil
  }

  private static func outside(_ name: String) -> @Sendable (Double) -> String? {
    { $0.magnitude > 1 ? "java.lang.ArithmeticException: \(name) input out of range" : nil }
  }

  /// Conversions take each of several values.
  private var isConversion: Bool { name == "to_degrees" || name == "to_radians" }

  var function: ScalarFunction {
    ScalarFunction(
      name: name,
      documentation: FunctionDocumentation(category: .math, syntax: "\(name.uppercased())(number)", summary: summary, examples: [example])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name, 1...1)
      try arguments.expect(0, .numeric)
      return ScalarFunction.Resolution(
        type: .double,
        kernel: .eager { arguments, frame in
          if isConversion, arguments[0].mayHaveSeveralValues { return convertEach(arguments[0], frame) }
          return frame.mapChecked(frame.doubles(arguments[0]), type: .double) { value -> (Double, UInt8) in
            if objection?(value) != nil { return (0, 1) }
            let result = compute(value)
            return (result, result.isFinite ? 0 : 1)
          } describe: { value, _ in
            objection?(value) ?? Failure.notFinite(compute(value))
          }
        })
    }
  }
}
