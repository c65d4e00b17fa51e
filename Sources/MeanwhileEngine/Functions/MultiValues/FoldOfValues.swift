import MeanwhileData

/// `MV_SUM`, `MV_AVG`, `MV_MEDIAN`: a number from several.
enum FoldOfValues: String, Sendable, CaseIterable {
  case sum = "mv_sum"
  case average = "mv_avg"
  case median = "mv_median"

  private var example: FunctionDocumentation.Example {
    switch self {
    case .sum: .init("ROW x = MV_SUM([3, 5, 6])", "14")
    case .average: .init("ROW x = MV_AVG([3, 5, 1, 6])", "3.75")
    case .median: .init("ROW x = MV_MEDIAN([3, 5, 1])", "3")
    }
  }

  var function: ScalarFunction {
    ScalarFunction(
      name: rawValue,
      documentation: FunctionDocumentation(
        category: .multiValue, syntax: "\(rawValue.uppercased())(number)",
        summary: "The \(self == .sum ? "sum" : self == .average ? "average" : "median") of several values.", examples: [example])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(rawValue, 1...1)
      try arguments.expect(0, .numeric)
      let source = arguments[0].type
      let type = self == .average && source != .null ? .double : source
      return ScalarFunction.Resolution(
        type: type, kernel: .eager { arguments, frame in fold(arguments[0], source: source, type: type, frame) })
    }
  }

  private func fold(_ column: Column, source: DataType, type: DataType, _ frame: EvaluationFrame) -> Column {
    guard let rows = frame.rows(of: [column]) else { return .nulls(type, rowCount: frame.rowCount) }
    switch column.values {
    case .longs(let values):
      guard type == .double else {
        return frame.makeFixed(rows, type: type) { row throws(EvaluationFailure) -> Int64? in
          try fold(column.slots(ofRow: row).map { values[$0] }, type)
        }
      }
      let isUnsigned = source == .unsignedLong
      return frame.makeFixed(rows, type: type) { row throws(EvaluationFailure) -> Double? in
        fold(column.slots(ofRow: row).map { isUnsigned ? Double(UnsignedLong.decode(values[$0])) : Double(values[$0]) })
      }
    case .doubles(let values):
      return frame.makeFixed(rows, type: type) { row throws(EvaluationFailure) -> Double? in
        fold(column.slots(ofRow: row).map { values[$0] })
      }
    default: return .nulls(type, rowCount: frame.rowCount)
    }
  }

  private func fold(_ values: [Int64], _ type: DataType) throws(EvaluationFailure) -> Int64? {
    guard !values.isEmpty else { return nil }
    if self == .median {
      let sorted = values.sorted()
      let middle = sorted.count / 2
      guard sorted.count % 2 == 0 else { return sorted[middle] }
      // Halfway without overflow, rounded down; the sign bit of unsigned longs cancels out.
      return (sorted[middle - 1] & sorted[middle]) + ((sorted[middle - 1] ^ sorted[middle]) >> 1)
    }
    if type == .unsignedLong { return try sum(unsigned: values) }
    var sum: Int64 = 0
    for value in values {
      let (next, overflow) = sum.addingReportingOverflow(value)
      guard !overflow, type != .integer || Int64(Int32(truncatingIfNeeded: next)) == next else {
        throw EvaluationFailure(type == .integer ? Failure.integerOverflow : Failure.longOverflow)
      }
      sum = next
    }
    return sum
  }

  private func sum(unsigned values: [Int64]) throws(EvaluationFailure) -> Int64 {
    var sum: UInt64 = 0
    for value in values {
      let (next, overflow) = sum.addingReportingOverflow(UnsignedLong.decode(value))
      guard !overflow else { throw EvaluationFailure(Failure.unsignedLongOverflow) }
      sum = next
    }
    return UnsignedLong.encode(sum)
  }

  private func fold(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    switch self {
    case .sum: return values.reduce(0, +)
    case .average: return values.reduce(0, +) / Double(values.count)
    case .median:
      let sorted = values.sorted()
      let middle = sorted.count / 2
      return sorted.count % 2 == 0 ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
  }
}
