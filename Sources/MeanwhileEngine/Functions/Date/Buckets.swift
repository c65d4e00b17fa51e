import MeanwhileData

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension ScalarFunction {
  /// `BUCKET(field, buckets, [from, to])`, also `BIN`: the start of the bucket that a date or a number lies in. The size is given, or found so that there are at most
  /// so many buckets between two bounds.
  static let bucket = bucketFunction(
    "bucket", aliases: ["bin"], syntax: "BUCKET(field, buckets, [from, to])",
    first: TypeSet(
      [.date, .dateNanos, .integer, .long, .unsignedLong, .double], ["datetime", "date_nanos", "numeric"]),
    example: .init("ROW x = BUCKET(17, 5.0)", "15.0"))

  /// `TBUCKET(size)`: ``bucket`` of `@timestamp`, which the analysis of a query puts in front.
  static let timeBucket = bucketFunction(
    "tbucket", syntax: "TBUCKET(buckets, [from, to])", first: .date,
    example: .init(
      "ROW `@timestamp` = TO_DATETIME(\"2024-01-01T10:30:00Z\") | EVAL x = TBUCKET(1 hour) | KEEP x", "2024-01-01T10:00:00.000Z"))

  private static func bucketFunction(
    _ name: String, aliases: [String] = [], syntax: String, first: TypeSet, example: FunctionDocumentation.Example
  ) -> ScalarFunction {
    ScalarFunction(
      name: name, aliases: aliases,
      documentation: FunctionDocumentation(
        category: .grouping, syntax: syntax,
        summary:
          "The start of the bucket that a date or a number lies in. A size is given, or found for at most so many buckets between two bounds.",
        examples: [example])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name, 2...4)
      try arguments.expect(0, first)
      for index in arguments.indices.dropFirst() { try arguments.expectConstant(index) }
      let type = arguments[0].type
      if type == .null { return Resolution(type: .null, kernel: .eager { _, frame in .nulls(.null, rowCount: frame.rowCount) }) }
      return type.isDate ? try dateBuckets(arguments) : try numberBuckets(arguments)
    }
  }

  // MARK: - Dates

  private static func dateBuckets(_ arguments: [Argument]) throws(FunctionError) -> Resolution {
    let type = arguments[0].type
    if arguments[1].type.isTemporalAmount {
      guard case .long(let span)? = arguments[1].constant, let size = interval(span, arguments[1].type) else {
        throw FunctionError("Zero or negative time interval is not supported")
      }
      return Resolution(type: type, kernel: .eager { columns, frame in truncate(columns[0], size, type, frame) })
    }
    guard arguments[1].type == .integer || arguments[1].type == .long else {
      throw .argument(1, arguments[1], mustBe: ["integral", "date_period", "time_duration"])
    }
    guard arguments.count == 4 else {
      throw FunctionError(
        "function expects exactly four arguments when the first one is of type [\(type.messageName.uppercased())] and the second of type "
          + "[\(arguments[1].type.messageName.uppercased())]")
    }
    guard case .long(let count)? = arguments[1].constant, let from = moment(arguments[2]), let to = moment(arguments[3]) else {
      for index in 2...3 where moment(arguments[index]) == nil {
        throw .argument(index, arguments[index], mustBe: ["date_nanos", "datetime", "string"])
      }
      return Resolution(type: type, kernel: .eager { _, frame in .nulls(type, rowCount: frame.rowCount) })
    }
    return Resolution(
      type: type,
      kernel: .eager { columns, frame in truncate(columns[0], DateBuckets.interval(count, from: from, to: to, in: frame.zone), type, frame)
      })
  }

  private static func truncate(_ column: Column, _ size: CalendarInterval, _ type: DataType, _ frame: EvaluationFrame) -> Column {
    let zone = frame.zone
    let dates = frame.cells(column, of: Int64.self)
    guard type == .dateNanos else { return frame.truncated(dates, to: size, in: zone, type: type) }
    return frame.map(dates, type: type) { size.truncate(millis: $0.floorDivided(by: 1_000_000), in: zone) &* 1_000_000 }
  }

  /// A bound as milliseconds: a date, or a text that is one.
  private static func moment(_ argument: Argument) -> Int64? {
    switch (argument.type, argument.constant) {
    case (.date, .long(let millis)?): millis
    case (.dateNanos, .long(let nanos)?): nanos.floorDivided(by: 1_000_000)
    case (.keyword, .bytes(let bytes)?), (.text, .bytes(let bytes)?): ISODate.parseMillis(String(decoding: bytes, as: UTF8.self))
    default: nil
    }
  }

  // MARK: - Numbers

  private static func numberBuckets(_ arguments: [Argument]) throws(FunctionError) -> Resolution {
    for index in arguments.indices.dropFirst() { try arguments.expect(index, .numeric) }
    guard arguments.count != 3 else {
      throw FunctionError("function expects exactly two or four arguments when the first one is numeric")
    }
    return Resolution(
      type: .double,
      kernel: .eager { columns, frame in
        guard let values = frame.doubles(columns[0]) else { return .nulls(.double, rowCount: frame.rowCount) }
        var parameters: [Double] = []
        for column in columns.dropFirst() {
          guard let cells = frame.doubles(column) else { return .nulls(.double, rowCount: frame.rowCount) }
          parameters.append(cells[0])
        }
        let size = parameters.count == 1 ? parameters[0] : NumberBuckets.size(parameters[0], from: parameters[1], to: parameters[2])
        return frame.mapChecked(values, type: .double) { value -> (Double, UInt8) in
          let start = (value / size).rounded(.down) * size
          return start.isFinite ? (start, 0) : (0, 1)
        } describe: { _, _ in
          Failure.divisionByZero
        }
      })
  }
}

/// The size of number buckets.
enum NumberBuckets {
  /// The least power of ten, or half of one, that makes at most so many buckets; 0 where there is none.
  static func size(_ count: Double, from: Double, to: Double) -> Double {
    let exact = (to - from) / count
    guard exact.isFinite, exact > 0 else { return 0 }
    let power = pow(10, log10(exact).rounded(.up))
    return exact < power / 2 ? power / 2 : power
  }
}

/// The size of date buckets.
enum DateBuckets {
  /// Sizes that people count in, from the longest to the shortest.
  private static let intervals: [CalendarInterval] =
    [.year, .month, .week, .day]
    + [43_200_000, 10_800_000, 3_600_000, 1_800_000, 600_000, 300_000, 60_000, 30_000, 10_000, 5_000, 1_000, 100, 50, 10, 1].map {
      .fixed(milliseconds: $0)
    }

  /// The shortest interval that makes at most so many buckets; a year where none does.
  static func interval(_ count: Int64, from: Int64, to: Int64, in zone: TimeZoneRules?) -> CalendarInterval {
    var best = CalendarInterval.year
    for candidate in intervals.dropFirst() {
      guard covers(candidate, count, from, to, zone) else { return best }
      best = candidate
    }
    return best
  }

  private static func covers(_ interval: CalendarInterval, _ count: Int64, _ from: Int64, _ to: Int64, _ zone: TimeZoneRules?) -> Bool {
    var start = interval.truncate(millis: from, in: zone)
    if case .fixed(let size) = interval {
      // No need to count them one by one.
      let (span, overflow) = count.multipliedReportingOverflow(by: size)
      return overflow || start.addingReportingOverflow(span).overflow || start + span >= to
    }
    var used: Int64 = 0
    while used < count {
      guard let next = interval.next(after: start, in: zone) else { return true }
      start = next
      if start >= to { return true }
      used += 1
    }
    return false
  }
}
