/// Date expressions of range queries and index names: a moment (`now`, or a date and `||`), then steps (`+1M`, `-2d`) and roundings (`/d`).
public struct DateMath: Sendable {
  /// The moment of `now`, in milliseconds.
  public var nowMillis: Int64
  public var format: DateFormat
  /// Whose clocks days and months are on, and the zone of dates that name none; nil is UTC.
  public var zone: TimeZoneRules?

  public init(nowMillis: Int64, format: DateFormat = .standard, zone: TimeZoneRules? = nil) {
    self.nowMillis = nowMillis
    self.format = format
    self.zone = zone
  }

  /// What is wrong with an expression; the reason is Elasticsearch's.
  public struct Failure: Error, Sendable, Hashable {
    public var reason: String

    public init(reason: String) { self.reason = reason }
  }

  /// Computes an expression.
  ///
  /// - Parameter roundingUp: roundings and parts that a date lacks go to the last moment instead of the first, as `gt` and `lte` need it.
  public func evaluate(_ text: String, roundingUp: Bool = false) throws(Failure) -> EpochTime {
    if text.hasPrefix("now") {
      return try apply(Array(text.utf8.dropFirst(3)), to: EpochTime(millis: nowMillis), of: text, roundingUp: roundingUp)
    }
    guard let mark = Self.mathMark(in: text) else { return try date(text, text, roundingUp: roundingUp) }
    let start = try date(String(text[..<mark]), text, roundingUp: false)
    return try apply(Array(text[mark...].utf8.dropFirst(2)), to: start, of: text, roundingUp: roundingUp)
  }

  private static func mathMark(in text: String) -> String.Index? {
    var index = text.startIndex
    while index < text.endIndex {
      if text[index...].hasPrefix("||") { return index }
      index = text.index(after: index)
    }
    return nil
  }

  private func date(_ date: String, _ text: String, roundingUp: Bool) throws(Failure) -> EpochTime {
    guard let time = format.parse(date, in: zone, roundingUp: roundingUp) else {
      throw Failure(reason: "failed to parse date field [\(text)] with format [\(format.name)]")
    }
    return time
  }

  private func apply(_ math: [UInt8], to start: EpochTime, of text: String, roundingUp: Bool) throws(Failure) -> EpochTime {
    guard !math.isEmpty else { return start }
    guard var millis = start.millis else { throw Failure(reason: "date [\(text)] is out of range") }
    var isRounded = false
    var at = 0
    while at < math.count {
      let sign = math[at]
      at += 1
      guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") || sign == UInt8(ascii: "/") else {
        throw Failure(reason: "operator not supported for date math [\(String(decoding: math, as: UTF8.self))]")
      }
      let digits = math[at...].prefix { $0 &- 0x30 < 10 }
      at += digits.count
      let count = digits.isEmpty ? 1 : Int(String(decoding: digits, as: UTF8.self)) ?? -1
      guard count >= 0, count <= 1_000_000_000 else { throw Failure(reason: "date math number is too large in [\(text)]") }
      guard at < math.count else { throw Failure(reason: "truncated date math [\(String(decoding: math, as: UTF8.self))]") }
      guard let unit = Self.units[math[at]] else {
        let name = String(decoding: [math[at]], as: UTF8.self)
        throw Failure(reason: "unit [\(name)] not supported for date math [\(String(decoding: math, as: UTF8.self))]")
      }
      at += 1
      isRounded = sign == UInt8(ascii: "/")
      let moved: Int64? =
        isRounded
        ? rounded(millis, to: unit, up: roundingUp, count: count) : shifted(millis, unit, by: sign == UInt8(ascii: "-") ? -count : count)
      guard let moved else { throw Failure(reason: "date [\(text)] is out of range") }
      millis = moved
    }
    return EpochTime(millis: millis)
  }

  private static let units: [UInt8: CalendarInterval] = [
    UInt8(ascii: "y"): .year, UInt8(ascii: "M"): .month, UInt8(ascii: "w"): .week, UInt8(ascii: "d"): .day, UInt8(ascii: "h"): .hour,
    UInt8(ascii: "H"): .hour, UInt8(ascii: "m"): .minute, UInt8(ascii: "s"): .second,
  ]

  private func rounded(_ millis: Int64, to unit: CalendarInterval, up: Bool, count: Int) -> Int64? {
    guard count == 1 else { return nil }
    let start = unit.truncate(millis: millis, in: zone)
    return up ? unit.next(after: start, in: zone).map { $0 - 1 } : start
  }

  private func shifted(_ millis: Int64, _ unit: CalendarInterval, by count: Int) -> Int64? {
    switch unit {
    case .months(let months): return millis.adding(months: months * count, in: zone)
    case .weeks(let weeks): return millis.adding(days: weeks * 7 * count, in: zone)
    case .days(let days): return millis.adding(days: days * count, in: zone)
    case .fixed(let size):
      let (step, overflow) = size.multipliedReportingOverflow(by: Int64(count))
      let (sum, carry) = millis.addingReportingOverflow(step)
      return overflow || carry ? nil : sum
    }
  }
}
