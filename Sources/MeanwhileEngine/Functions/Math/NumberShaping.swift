import MeanwhileData

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Functions that bring a number into a shape: sign, scale, bounds, steps.
extension ScalarFunction {
  /// `COPY_SIGN(magnitude, sign)`.
  static let copySign = ScalarFunction(
    name: "copy_sign",
    documentation: FunctionDocumentation(
      category: .math, syntax: "COPY_SIGN(magnitude, sign)", summary: "A number with the sign of another.",
      examples: [.init("ROW x = COPY_SIGN(10.0, -5.0)", "-10.0")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("copy_sign", 2...2)
    for index in 0...1 { try arguments.expect(index, .signedNumeric) }
    let type = arguments[0].type == .integer ? .long : arguments[0].type
    guard type != .null else { return Resolution(type: .null, kernel: .eager { _, frame in .nulls(.null, rowCount: frame.rowCount) }) }
    return Resolution(
      type: type,
      kernel: .eager { arguments, frame in
        let signs = frame.doubles(arguments[1])
        guard type == .long else {
          return frame.zip(frame.doubles(arguments[0]), signs, type: .double) { Double(signOf: $1, magnitudeOf: $0) }
        }
        return frame.zip(frame.cells(arguments[0], of: Int64.self), signs, type: .long) { value, sign in
          let magnitude = value == .min ? .max : abs(value)
          return sign.sign == .minus ? -magnitude : magnitude
        }
      })
  }

  /// `SCALB(number, exponent)`.
  static let scaled = ScalarFunction(
    name: "scalb",
    documentation: FunctionDocumentation(
      category: .math, syntax: "SCALB(number, scaleFactor)", summary: "A number times two to the power of another.",
      examples: [.init("ROW x = SCALB(3.0, 2)", "12.0")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("scalb", 2...2)
    try arguments.expect(0, .numeric)
    try arguments.expect(1, .wholeNumber)
    return Resolution(
      type: .double,
      kernel: .eager { arguments, frame in
        frame.zipChecked(frame.doubles(arguments[0]), frame.cells(arguments[1], of: Int64.self), type: .double) { value, exponent in
          let result = scalbn(value, Int32(clamping: exponent))
          return (result, result.isFinite ? 0 : 1)
        } describe: { value, exponent, _ in
          Failure.notFinite(scalbn(value, Int32(clamping: exponent)))
        }
      })
  }

  // MARK: - Bounds

  static let clamp = clamping(
    "clamp", count: 3, "The value, or the bound that it is beyond.", example: .init("ROW x = CLAMP(7, 1, 5)", "5"))
  static let clampMinimum = clamping(
    "clamp_min", count: 2, "The value, or the bound that it is below.", example: .init("ROW x = CLAMP_MIN(1, 2)", "2"))
  static let clampMaximum = clamping(
    "clamp_max", count: 2, "The value, or the bound that it is above.", example: .init("ROW x = CLAMP_MAX(3, 2)", "2"))

  /// Made of `GREATEST` and `LEAST`: null where an argument is.
  private static func clamping(_ name: String, count: Int, _ summary: String, example: FunctionDocumentation.Example) -> ScalarFunction {
    let parameters = count == 3 ? "min, max" : name == "clamp_min" ? "min" : "max"
    return ScalarFunction(
      name: name,
      documentation: FunctionDocumentation(
        category: .conditional, syntax: "\(name.uppercased())(field, \(parameters))", summary: summary, examples: [example])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name, count...count)
      for index in arguments.indices { try arguments.expect(index, .comparable) }
      let type = try arguments.commonType(of: Array(arguments.indices))
      let (least, greatest) = (ExtremeOfValues.least.ofArguments, ExtremeOfValues.greatest.ofArguments)
      let pair = [
        Argument(type: type, constant: nil, text: arguments[0].text), Argument(type: type, constant: nil, text: arguments[1].text),
      ]
      guard case .eager(let lower) = try least.resolve(pair).kernel, case .eager(let raise) = try greatest.resolve(pair).kernel else {
        throw FunctionError("clamp has no kernel")
      }
      return Resolution(
        type: type,
        kernel: .eager { columns, frame in
          let columns = columns.map { frame.single($0.widened(to: type)) }
          switch name {
          case "clamp_min": return try raise([columns[0], columns[1]], frame)
          case "clamp_max": return try lower([columns[0], columns[1]], frame)
          default: return try lower([try raise([columns[0], columns[1]], frame), columns[2]], frame)
          }
        })
    }
  }

  // MARK: - Steps

  /// `ROUND_TO(field, point, …)`.
  static let roundTo = ScalarFunction(
    name: "round_to",
    documentation: FunctionDocumentation(
      category: .math, syntax: "ROUND_TO(field, point, …)",
      summary: "The greatest of some points that is not more than the value; the least of them where all are.",
      examples: [.init("ROW x = ROUND_TO(7, 0, 5, 10)", "5")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("round_to", 2...Int.max)
    let accepted = TypeSet(
      [.integer, .long, .double, .date, .dateNanos], ["date", "date_nanos", "numeric except unsigned_long or counter types"])
    for index in arguments.indices { try arguments.expect(index, accepted) }
    for index in arguments.indices.dropFirst() { try arguments.expectConstant(index) }
    let type = try arguments.commonType(of: Array(arguments.indices))
    guard type != .null, arguments.allSatisfy({ $0.type != .null && $0.constant != .null }) else {
      return Resolution(type: type, kernel: .eager { _, frame in .nulls(type, rowCount: frame.rowCount) })
    }
    return Resolution(
      type: type,
      kernel: .eager { columns, frame in
        let columns = columns.map { $0.widened(to: type) }
        return type == .double
          ? step(columns, type, frame, of: Double.self) : step(columns, type, frame, of: Int64.self)
      })
  }

  private static func step<Element: FixedWidthElement & Comparable>(
    _ columns: [Column], _ type: DataType, _ frame: EvaluationFrame, of _: Element.Type
  ) -> Column {
    var points: [Element] = []
    for column in columns.dropFirst() { if let cells = frame.cells(column, of: Element.self) { points.append(cells[0]) } }
    points.sort()
    guard let least = points.first else { return .nulls(type, rowCount: frame.rowCount) }
    return frame.map(frame.cells(columns[0], of: Element.self), type: type) { value in
      var first = 0
      var last = points.count
      while first < last {
        let middle = (first + last) / 2
        if points[middle] <= value { first = middle + 1 } else { last = middle }
      }
      return first == 0 ? least : points[first - 1]
    }
  }
}

extension Double {
  fileprivate init(signOf sign: Double, magnitudeOf magnitude: Double) {
    self = sign.sign == .minus ? -magnitude.magnitude : magnitude.magnitude
  }
}
