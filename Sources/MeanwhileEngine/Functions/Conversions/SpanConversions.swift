import MeanwhileData

extension ScalarFunction {
  static let toDatePeriod = spanConversion("to_dateperiod", to: .datePeriod, "A constant text as a calendar span, such as `3 days`.")
  static let toTimeDuration = spanConversion("to_timeduration", to: .timeDuration, "A constant text as a span of time, such as `3 hours`.")

  private static func spanConversion(_ name: String, to target: DataType, _ summary: String) -> ScalarFunction {
    let query = target == .datePeriod ? "3 days" : "3 hours"
    let result = target == .datePeriod ? "2024-01-04T00:00:00.000Z" : "2024-01-01T03:00:00.000Z"
    return declare(
      name,
      FunctionDocumentation(
        category: .conversion, syntax: "\(name.uppercased())(value)", summary: summary,
        examples: [.init("ROW x = TO_DATETIME(\"2024-01-01\") + \(name.uppercased())(\"\(query)\")", result)]), count: 1...1,
      [TypeSet([target, .keyword, .text], ["string or \(target.name)"])], result: { _ in target }
    ) { arguments, _ throws(FunctionError) in
      try arguments.expectConstant(0)
      if arguments[0].type == target { return { columns, _ in columns[0] } }
      if arguments[0].constant == .null { return { _, frame in .nulls(target, rowCount: frame.rowCount) } }
      guard case .bytes(let bytes)? = arguments[0].constant,
        let span = TemporalAmount.parse(String(decoding: bytes, as: UTF8.self), as: target)
      else { throw FunctionError("Cannot convert string [\(arguments[0].text)] to [\(target.name.uppercased())]") }
      return { _, frame in Column(constant: .long(span), type: target, rowCount: frame.rowCount) }
    }
  }
}

/// Spans in words: a number and a unit.
enum TemporalAmount {
  private enum Unit {
    case milliseconds(Int64)
    case days(Int64)
    case months(Int64)
  }

  private static let units: [String: Unit] = {
    let named: [([String], Unit)] = [
      (["millisecond", "milliseconds", "ms"], .milliseconds(1)), (["second", "seconds", "sec", "s"], .milliseconds(1_000)),
      (["minute", "minutes", "min", "m"], .milliseconds(60_000)), (["hour", "hours", "h"], .milliseconds(3_600_000)),
      (["day", "days", "d"], .days(1)), (["week", "weeks", "w"], .days(7)), (["month", "months", "mo"], .months(1)),
      (["quarter", "quarters", "q"], .months(3)), (["year", "years", "yr", "y"], .months(12)),
    ]
    var units: [String: Unit] = [:]
    for (names, unit) in named { for name in names { units[name] = unit } }
    return units
  }()

  /// A value of the type; nil where the text is none, or overflows.
  static func parse(_ text: String, as type: DataType) -> Int64? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, let count = Int64(parts[0]), let unit = units[parts[1].lowercased()] else { return nil }
    switch (unit, type) {
    case (.milliseconds(let size), .timeDuration):
      let (value, overflow) = count.multipliedReportingOverflow(by: size)
      return overflow ? nil : value
    case (.days(let size), .datePeriod):
      let (value, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, let days = Int32(exactly: value) else { return nil }
      return DatePeriod(days: days).encoded
    case (.months(let size), .datePeriod):
      let (value, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, let months = Int32(exactly: value) else { return nil }
      return DatePeriod(months: months).encoded
    default: return nil
    }
  }
}
