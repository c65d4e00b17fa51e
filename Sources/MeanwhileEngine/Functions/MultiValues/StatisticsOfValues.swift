import Meanwhile
import MeanwhileData

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `MV_PERCENTILE`, `MV_MEDIAN_ABSOLUTE_DEVIATION`, `MV_PSERIES_WEIGHTED_SUM`: a number from a row's several.
extension ScalarFunction {
  static let percentileOfValues = ScalarFunction(
    name: "mv_percentile",
    documentation: FunctionDocumentation(
      category: .multiValue, syntax: "MV_PERCENTILE(number, percentile)",
      summary: "The value below which a share of several values lies, interpolated between two.",
      examples: [.init("ROW x = MV_PERCENTILE([5, 5, 10, 12, 5000], 50)", "10")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("mv_percentile", 2...2)
    for index in 0...1 { try arguments.expect(index, .signedNumeric) }
    let type = arguments[0].type
    return Resolution(
      type: type,
      kernel: .eager { arguments, frame in
        let column = arguments[0]
        let share = frame.single(arguments[1])
        guard let rows = frame.rows(of: [column, share]), let shares = frame.doubles(share) else {
          return .nulls(type, rowCount: frame.rowCount)
        }
        return numbers(column, rows, type, frame) { row, values throws(EvaluationFailure) in
          let percentile = shares[row]
          guard percentile >= 0, percentile <= 100 else {
            throw EvaluationFailure(
              illegalArgument: "Percentile parameter must be a number between 0 and 100, found [\(JSONText.javaSpelling(of: percentile))]")
          }
          let sorted = values.sorted()
          let place = percentile / 100 * Double(sorted.count - 1)
          let below = Int(place)
          guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
          return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
        }
      })
  }

  static let deviationOfValues = ScalarFunction(
    name: "mv_median_absolute_deviation",
    documentation: FunctionDocumentation(
      category: .multiValue, syntax: "MV_MEDIAN_ABSOLUTE_DEVIATION(number)",
      summary: "The median distance of several values from their median.",
      examples: [.init("ROW x = MV_MEDIAN_ABSOLUTE_DEVIATION([0, 2, 5, 6])", "2")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("mv_median_absolute_deviation", 1...1)
    try arguments.expect(0, .numeric)
    let type = arguments[0].type
    return Resolution(
      type: type,
      kernel: .eager { arguments, frame in
        guard let rows = frame.rows(of: [arguments[0]]) else { return .nulls(type, rowCount: frame.rowCount) }
        // Of whole numbers the median between two is rounded down.
        @Sendable func median(_ values: [Double]) -> Double {
          let sorted = values.sorted()
          let middle = sorted.count / 2
          let between = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
          return type == .double ? between : between.rounded(.down)
        }
        return numbers(arguments[0], rows, type, frame) { _, values throws(EvaluationFailure) in
          let center = median(values)
          return median(values.map { ($0 - center).magnitude })
        }
      })
  }

  static let seriesOfValues = ScalarFunction(
    name: "mv_pseries_weighted_sum",
    documentation: FunctionDocumentation(
      category: .multiValue, syntax: "MV_PSERIES_WEIGHTED_SUM(number, p)",
      summary: "The sum of several values, each divided by its place to the power of `p`.",
      examples: [.init("ROW x = MV_PSERIES_WEIGHTED_SUM([4.0, 2.0], 1.0)", "5.0")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("mv_pseries_weighted_sum", 2...2)
    for index in 0...1 { try arguments.expect(index, TypeSet([.double], ["double"])) }
    try arguments.expectConstant(1)
    return Resolution(
      type: .double,
      kernel: .eager { arguments, frame in
        let power = frame.single(arguments[1])
        guard let rows = frame.rows(of: [arguments[0], power]), let powers = frame.doubles(power) else {
          return .nulls(.double, rowCount: frame.rowCount)
        }
        return numbers(arguments[0], rows, .double, frame) { row, values throws(EvaluationFailure) in
          let exponent = powers[row]
          let sum = values.enumerated().reduce(0.0) { $0 + $1.element / pow(Double($1.offset + 1), exponent) }
          guard sum.isFinite else { throw EvaluationFailure("java.lang.ArithmeticException: double overflow") }
          return sum
        }
      })
  }

  /// A number of each row's values, which are never none.
  private static func numbers(
    _ column: Column, _ rows: RowSet, _ type: DataType, _ frame: EvaluationFrame,
    _ body: (Int, [Double]) throws(EvaluationFailure) -> Double
  ) -> Column {
    func values(_ row: Int) -> [Double] {
      let slots = column.slots(ofRow: row)
      switch column.values {
      case .longs(let longs):
        return slots.map { column.type == .unsignedLong ? Double(UnsignedLong.decode(longs[$0])) : Double(longs[$0]) }
      case .doubles(let doubles): return slots.map { doubles[$0] }
      default: return []
      }
    }
    guard type.layout == .long else {
      return frame.makeFixed(rows, type: type) { row throws(EvaluationFailure) -> Double? in
        let found = values(row)
        return found.isEmpty ? nil : try body(row, found)
      }
    }
    return frame.makeFixed(rows, type: type) { row throws(EvaluationFailure) -> Int64? in
      let found = values(row)
      guard !found.isEmpty else { return nil }
      let number = try body(row, found)
      if type == .unsignedLong { return UInt64(exactly: number.rounded()).map(UnsignedLong.encode) }
      return Int64(exactly: number.rounded(.towardZero))
    }
  }
}
