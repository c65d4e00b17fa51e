import Meanwhile
import MeanwhileData

extension ScalarFunction {
  static let dateExtract = declare(
    "date_extract",
    FunctionDocumentation(
      category: .date, syntax: "DATE_EXTRACT(part, date)", summary: "A part of a date, such as its year or hour.",
      examples: [.init("ROW x = DATE_EXTRACT(\"year\", TO_DATETIME(\"2023-05-17\"))", "2023")]), count: 2...2, [.string, .date],
    result: { _ in .long }
  ) { arguments, _ throws(FunctionError) in
    try arguments.expectConstant(0)
    let isNanos = arguments[1].type == .dateNanos
    guard case .bytes(let name)? = arguments[0].constant, let part = DatePart(rawValue: String(decoding: name, as: UTF8.self).lowercased())
    else {
      throw FunctionError("invalid date field for [", quotingCall: "]: \(arguments[0].text)")
    }
    return { columns, frame in
      let zone = frame.zone
      return frame.map(frame.cells(columns[1], of: Int64.self), type: .long) { part.value(of: $0, isNanos: isNanos, in: zone) }
    }
  }

  static let dateDifference = declare(
    "date_diff",
    FunctionDocumentation(
      category: .date, syntax: "DATE_DIFF(unit, start, end)", summary: "How many whole units lie between two dates.",
      examples: [.init("ROW x = DATE_DIFF(\"days\", TO_DATETIME(\"2023-05-17\"), TO_DATETIME(\"2023-05-20\"))", "3")]), count: 3...3,
    [.string, .date], result: { _ in .integer }
  ) { arguments, _ throws(FunctionError) in
    guard arguments[0].constant != nil else { return differenceByRow }
    guard case .bytes(let name)? = arguments[0].constant, let unit = DateUnit(String(decoding: name, as: UTF8.self).lowercased()) else {
      throw FunctionError("[", quotingCall: "] has no unit [\(arguments[0].text)]")
    }
    return { columns, frame in
      frame.zipChecked(frame.nanosOrMillis(columns[1]), frame.nanosOrMillis(columns[2]), type: .integer) {
        (start: Int64, end: Int64) -> (Int64, UInt8) in
        guard let count = unit.count(from: start, to: end), Int32(exactly: count) != nil else { return (0, 1) }
        return (count, 0)
      } describe: { start, end, _ in
        let count = unit.count(from: start, to: end).map(String.init) ?? "date_diff"
        return "org.elasticsearch.xpack.esql.core.InvalidArgumentException: [\(count)] out of [integer] range"
      }
    }
  }
}

extension ScalarFunction {
  /// The difference in units that rows name.
  @Sendable
  private static func differenceByRow(_ columns: [Column], _ frame: EvaluationFrame) -> Column {
    guard let units = frame.bytes(columns[0]), let starts = frame.nanosOrMillis(columns[1]), let ends = frame.nanosOrMillis(columns[2])
    else { return .nulls(.integer, rowCount: frame.rowCount) }
    let nulls = EvaluationFrame.union(EvaluationFrame.union(units.nulls, starts.nulls), ends.nulls)
    return frame.makeFixed(RowSet(nulls: nulls, isConstant: false, of: frame), type: .integer) { row throws(EvaluationFailure) -> Int64? in
      let name = String(decoding: units[row], as: UTF8.self)
      guard let unit = DateUnit(name.lowercased()) else {
        throw EvaluationFailure(illegalArgument: DateUnit.refusal(of: name))
      }
      guard let count = unit.count(from: starts[row], to: ends[row]), Int32(exactly: count) != nil else {
        throw EvaluationFailure("org.elasticsearch.xpack.esql.core.InvalidArgumentException: [date_diff] out of [integer] range")
      }
      return count
    }
  }
}

extension EvaluationFrame {
  /// A date column in milliseconds, whatever its type.
  fileprivate func nanosOrMillis(_ column: Column) -> Cells<Int64>? {
    guard let cells = self.cells(column, of: Int64.self), column.type == .dateNanos else { return self.cells(column, of: Int64.self) }
    let source = cells.vector
    let target = Vector<Int64>(count: source.count) { target in
      for slot in 0..<source.count { (target + slot).initialize(to: source[slot].floorDivided(by: 1_000_000)) }
    }
    return Cells(vector: target, nulls: cells.nulls, isConstant: cells.isConstant)
  }
}

/// What `DATE_EXTRACT` can take from a date, by the names of Java's `ChronoField`.
enum DatePart: String, Sendable {
  case year, era
  case yearOfEra = "year_of_era"
  case monthOfYear = "month_of_year"
  case dayOfMonth = "day_of_month"
  case dayOfYear = "day_of_year"
  case dayOfWeek = "day_of_week"
  case epochDay = "epoch_day"
  case prolepticMonth = "proleptic_month"
  case hourOfDay = "hour_of_day"
  case minuteOfHour = "minute_of_hour"
  case minuteOfDay = "minute_of_day"
  case secondOfMinute = "second_of_minute"
  case secondOfDay = "second_of_day"
  case milliOfSecond = "milli_of_second"
  case milliOfDay = "milli_of_day"
  case nanoOfSecond = "nano_of_second"
  case alignedWeekOfYear = "aligned_week_of_year"
  case instantSeconds = "instant_seconds"

  func value(of moment: Int64, isNanos: Bool, in zone: TimeZoneRules?) -> Int64 {
    let unit: Int64 = isNanos ? 1_000_000_000 : 1_000
    let epochSecond = moment.floorDivided(by: unit)
    let local = epochSecond &+ Int64(zone?.offsetSeconds(at: epochSecond) ?? 0)
    let nanos = (moment &- epochSecond &* unit) &* (1_000_000_000 / unit)
    let day = local.floorDivided(by: 86_400)
    let second = local &- day &* 86_400
    switch self {
    case .instantSeconds: return epochSecond
    case .epochDay: return day
    case .hourOfDay: return second / 3_600
    case .minuteOfHour: return second / 60 % 60
    case .minuteOfDay: return second / 60
    case .secondOfMinute: return second % 60
    case .secondOfDay: return second
    case .milliOfSecond: return nanos / 1_000_000
    case .milliOfDay: return second &* 1_000 &+ nanos / 1_000_000
    case .nanoOfSecond: return nanos
    default: break
    }
    let date = CivilDate(daysSinceEpoch: Int(day))
    switch self {
    case .year: return Int64(date.year)
    case .era: return date.year > 0 ? 1 : 0
    case .yearOfEra: return Int64(date.year > 0 ? date.year : 1 - date.year)
    case .monthOfYear: return Int64(date.month)
    case .dayOfMonth: return Int64(date.day)
    case .dayOfYear: return Int64(date.dayOfYear)
    case .dayOfWeek: return Int64(date.weekday)
    case .prolepticMonth: return Int64(date.year * 12 + date.month - 1)
    default: return Int64((date.dayOfYear - 1) / 7 + 1)
    }
  }
}

/// The units of `DATE_DIFF`.
enum DateUnit: Sendable {
  case milliseconds(Int64)
  case fraction(perMillisecond: Int64)
  case months(Int64)

  private static let units: [(names: [String], unit: DateUnit)] = [
    (["year", "years", "yy", "yyyy"], .months(12)), (["quarter", "quarters", "qq", "q"], .months(3)),
    (["month", "months", "mm", "m"], .months(1)),
    (["dayofyear", "dy", "y"], .milliseconds(86_400_000)), (["day", "days", "dd", "d"], .milliseconds(86_400_000)),
    (["week", "weeks", "wk", "ww"], .milliseconds(7 * 86_400_000)), (["weekday", "weekdays", "dw"], .milliseconds(86_400_000)),
    (["hour", "hours", "hh"], .milliseconds(3_600_000)), (["minute", "minutes", "mi", "n"], .milliseconds(60_000)),
    (["second", "seconds", "ss", "s"], .milliseconds(1_000)), (["millisecond", "milliseconds", "ms"], .milliseconds(1)),
    (["microsecond", "microseconds", "mcs"], .fraction(perMillisecond: 1_000)),
    (["nanosecond", "nanoseconds", "ns"], .fraction(perMillisecond: 1_000_000)),
  ]

  init?(_ name: String) {
    guard let found = Self.units.first(where: { $0.names.contains(name) }) else { return nil }
    self = found.unit
  }

  /// What is wrong with a name that is no unit's.
  static func refusal(of name: String) -> String {
    let similar = Suggestions.closest(to: name, among: units.flatMap(\.names))
    guard similar.isEmpty else {
      return "Received value [\(name)] is not valid date part to add; did you mean [\(similar.joined(separator: ", "))]?"
    }
    let all = units.map { $0.names[0].uppercased() }.joined(separator: ", ")
    return "A value of [\(all)] or their aliases is required; received [\(name)]"
  }

  /// Whole units from one moment in milliseconds to another, towards zero; nil where it overflows.
  func count(from start: Int64, to end: Int64) -> Int64? {
    let (distance, overflow) = end.subtractingReportingOverflow(start)
    if overflow { return nil }
    switch self {
    case .milliseconds(let size): return distance / size
    case .fraction(let perMillisecond):
      let (count, tooMany) = distance.multipliedReportingOverflow(by: perMillisecond)
      return tooMany ? nil : count
    case .months(let size):
      let first = CivilDate(daysSinceEpoch: Int(start.floorDivided(by: 86_400_000)))
      let last = CivilDate(daysSinceEpoch: Int(end.floorDivided(by: 86_400_000)))
      var months = Int64(last.year - first.year) * 12 + Int64(last.month - first.month)
      // A month counts once its day and time of day have come, as in Java's `ChronoUnit.between`: January 31 to February 29 is none.
      let firstRest = (first.day, start &- start.floorDivided(by: 86_400_000) &* 86_400_000)
      let lastRest = (last.day, end &- end.floorDivided(by: 86_400_000) &* 86_400_000)
      if months > 0, lastRest < firstRest { months -= 1 }
      if months < 0, lastRest > firstRest { months += 1 }
      return months / size
    }
  }
}
