import Meanwhile
import MeanwhileData

extension ScalarFunction {
  static let now = ScalarFunction(
    name: "now",
    documentation: FunctionDocumentation(
      category: .date, syntax: "NOW()", summary: "The moment at which the query began.",
      examples: [.init("ROW x = NOW() > TO_DATETIME(\"2020-01-01\")", "true")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("now", 0...0)
    return Resolution(
      type: .date,
      kernel: .eager { _, frame in Column(constant: .long(frame.settings.now.milliseconds), type: .date, rowCount: frame.rowCount) })
  }

  static let dateTrunc = declare(
    "date_trunc",
    FunctionDocumentation(
      category: .date, syntax: "DATE_TRUNC(interval, date)", summary: "The start of the interval that a date lies in.",
      examples: [.init("ROW x = DATE_TRUNC(1 month, TO_DATETIME(\"2023-05-17T10:11:12Z\"))", "2023-05-01T00:00:00.000Z")]), count: 2...2,
    [TypeSet([.datePeriod, .timeDuration], ["dateperiod", "timeduration"]), TypeSet([.date, .dateNanos], ["date_nanos", "datetime"])],
    result: { $0[1].type == .null ? .date : $0[1].type }
  ) { arguments, type throws(FunctionError) in
    try arguments.expectConstant(0)
    guard case .long(let span)? = arguments[0].constant, let interval = interval(span, arguments[0].type) else {
      throw FunctionError("Zero or negative time interval is not supported")
    }
    return { columns, frame in
      let zone = frame.zone
      let dates = frame.cells(columns[1], of: Int64.self)
      if type == .dateNanos {
        return frame.map(dates, type: type) { interval.truncate(millis: $0.floorDivided(by: 1_000_000), in: zone) &* 1_000_000 }
      }
      return frame.truncated(dates, to: interval, in: zone, type: type)
    }
  }

  /// The interval of a span; nil where it is not positive or mixes months and days.
  static func interval(_ span: Int64, _ type: DataType) -> CalendarInterval? {
    if type == .timeDuration { return span > 0 ? .fixed(milliseconds: span) : nil }
    let period = DatePeriod(encoded: span)
    switch (period.months, period.days) {
    case (let months, 0) where months > 0: return .months(Int(months))
    case (0, let days) where days > 0: return days % 7 == 0 ? .weeks(Int(days / 7)) : .days(Int(days))
    default: return nil
    }
  }

  static let dateFormat = declare(
    "date_format",
    FunctionDocumentation(
      category: .date, syntax: "DATE_FORMAT([format], date)", summary: "A date as text.",
      examples: [.init("ROW x = DATE_FORMAT(\"yyyy-MM\", TO_DATETIME(\"2023-05-17\"))", "2023-05")]), count: 1...2,
    [TypeSet([.keyword, .text, .date, .dateNanos], ["string", "datetime", "date_nanos"])], result: { _ in .keyword }
  ) { arguments, _ throws(FunctionError) in
    let dateIndex = arguments.count - 1
    if !arguments[dateIndex].type.isDate { throw .argument(dateIndex, arguments[dateIndex], mustBe: ["datetime", "date_nanos"]) }
    if dateIndex == 1, !arguments[0].type.isString { throw .argument(0, arguments[0], mustBe: ["string"]) }
    let isNanos = arguments[dateIndex].type == .dateNanos
    let fixed = try constantFormat(dateIndex == 1 ? arguments[0].constant : .string("strict_date_optional_time"))
    return { columns, frame in
      let (zone, names) = (frame.zone, frame.dateNames)
      let fixed = fixed?.spelled(with: names)
      guard let dates = frame.cells(columns[dateIndex], of: Int64.self) else { return .nulls(.keyword, rowCount: frame.rowCount) }
      let formats = fixed == nil ? frame.bytes(columns[0]) : nil
      if fixed == nil, formats == nil { return .nulls(.keyword, rowCount: frame.rowCount) }
      let rows = RowSet(
        nulls: EvaluationFrame.union(dates.nulls, formats?.nulls), isConstant: dates.isConstant && formats?.isConstant ?? true, of: frame)
      return frame.makeBytes(rows, type: .keyword) { row, out throws(EvaluationFailure) in
        let format: DateFormat
        if let fixed { format = fixed } else { format = try parsedFormat(formats?[row], names) }
        let time = isNanos ? EpochTime(nanosSinceEpoch: dates[row]) : EpochTime(millis: dates[row])
        format.append(time, in: zone, to: out)
        return true
      }
    }
  }

  static let dateParse = declare(
    "date_parse",
    FunctionDocumentation(
      category: .date, syntax: "DATE_PARSE([format], string)", summary: "The date that a text says.",
      examples: [.init("ROW x = DATE_PARSE(\"yyyy-MM-dd\", \"2022-05-06\")", "2022-05-06T00:00:00.000Z")]), count: 1...2, [.string],
    result: { _ in .date }
  ) { arguments, _ throws(FunctionError) in
    let textIndex = arguments.count - 1
    let fixed = try constantFormat(textIndex == 1 ? arguments[0].constant : .string("strict_date_optional_time"))
    return { columns, frame in
      let (zone, names) = (frame.zone, frame.dateNames)
      let fixed = fixed?.spelled(with: names)
      guard let texts = frame.bytes(columns[textIndex]) else { return .nulls(.date, rowCount: frame.rowCount) }
      let formats = fixed == nil ? frame.bytes(columns[0]) : nil
      if fixed == nil, formats == nil { return .nulls(.date, rowCount: frame.rowCount) }
      let rows = RowSet(
        nulls: EvaluationFrame.union(texts.nulls, formats?.nulls), isConstant: texts.isConstant && formats?.isConstant ?? true, of: frame)
      return frame.makeFixed(rows, type: .date) { row throws(EvaluationFailure) -> Int64? in
        let format: DateFormat
        if let fixed { format = fixed } else { format = try parsedFormat(formats?[row], names) }
        guard let millis = format.parse(texts[row], in: zone)?.millis else {
          throw EvaluationFailure(
            illegalArgument: "failed to parse date field [\(String(decoding: texts[row], as: UTF8.self))] with format [\(format.name)]")
        }
        return millis
      }
    }
  }

  private static func constantFormat(_ constant: Value?) throws(FunctionError) -> DateFormat? {
    guard case .bytes(let bytes)? = constant else { return nil }
    do throws(DatePatternError) {
      return try DateFormat(String(decoding: bytes, as: UTF8.self))
    } catch {
      throw FunctionError("invalid date pattern for [", quotingCall: "]: \(error.reason)")
    }
  }

  private static func parsedFormat(_ text: UnsafeBufferPointer<UInt8>?, _ names: DateNames) throws(EvaluationFailure) -> DateFormat {
    let name = text.map { String(decoding: $0, as: UTF8.self) } ?? ""
    do throws(DatePatternError) {
      return try DateFormat(name, names: names)
    } catch {
      throw EvaluationFailure(illegalArgument: "Invalid format: [\(name)]: \(error.reason)")
    }
  }

  static let dayName = nameOfDate("day_name", pattern: "EEEE", "The name of a date's weekday.", "Wednesday")
  static let monthName = nameOfDate("month_name", pattern: "MMMM", "The name of a date's month.", "May")

  private static func nameOfDate(_ name: String, pattern: String, _ summary: String, _ result: String) -> ScalarFunction {
    declare(
      name,
      FunctionDocumentation(
        category: .date, syntax: "\(name.uppercased())(date)", summary: summary,
        examples: [.init("ROW x = \(name.uppercased())(TO_DATETIME(\"2023-05-17\"))", result)]), count: 1...1,
      [TypeSet([.date, .dateNanos], ["datetime or date_nanos"])], result: { _ in .keyword }
    ) { arguments, _ throws(FunctionError) in
      let isNanos = arguments[0].type == .dateNanos
      let format = try constantFormat(.string(pattern))
      return { columns, frame in
        let zone = frame.zone
        let format = format?.spelled(with: frame.dateNames)
        guard let format, let dates = frame.cells(columns[0], of: Int64.self) else { return .nulls(.keyword, rowCount: frame.rowCount) }
        let rows = RowSet(nulls: dates.nulls, isConstant: dates.isConstant, of: frame)
        return frame.makeBytes(rows, type: .keyword) { row, out throws(EvaluationFailure) in
          format.append(isNanos ? EpochTime(nanosSinceEpoch: dates[row]) : EpochTime(millis: dates[row]), in: zone, to: out)
          return true
        }
      }
    }
  }
}

extension EvaluationFrame {
  /// The starts of the intervals that dates lie in. Dates often come in order, so one that lies in the interval of the date before it needs no division.
  func truncated(_ dates: Cells<Int64>?, to interval: CalendarInterval, in zone: TimeZoneRules?, type: DataType) -> Column {
    guard zone == nil, case .fixed(let size) = interval, size > 0 else {
      return map(dates, type: type) { interval.truncate(millis: $0, in: zone) }
    }
    var start: Int64 = 0
    let width = UInt64(size)
    return map(dates, type: type) { date in
      if UInt64(bitPattern: date &- start) >= width { start = date.floorDivided(by: size) &* size }
      return start
    }
  }

  /// What the request's locale calls months and days.
  var dateNames: DateNames { DateNames.named(settings.locale) }

  /// The request's time zone; nil for UTC, which needs no rules.
  var zone: TimeZoneRules? {
    guard settings.timeZone != "UTC", settings.timeZone != "Z", let rules = TimeZoneRules(id: settings.timeZone) else { return nil }
    return rules.fixedOffsetSeconds == 0 ? nil : rules
  }
}
