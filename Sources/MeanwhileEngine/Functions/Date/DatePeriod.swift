import MeanwhileData

/// A calendar span: what a value of ``DataType/datePeriod`` holds.
public struct DatePeriod: Sendable, Hashable {
  public var months: Int32
  public var days: Int32

  public init(months: Int32 = 0, days: Int32 = 0) {
    self.months = months
    self.days = days
  }

  /// From a value in memory: months in the high 32 bits, days in the low ones.
  public init(encoded: Int64) {
    months = Int32(truncatingIfNeeded: encoded >> 32)
    days = Int32(truncatingIfNeeded: encoded)
  }

  public var encoded: Int64 { Int64(months) << 32 | Int64(UInt32(bitPattern: days)) }

  /// Nil where it overflows.
  func adding(_ other: DatePeriod) -> DatePeriod? {
    let (months, monthsOverflow) = months.addingReportingOverflow(other.months)
    let (days, daysOverflow) = days.addingReportingOverflow(other.days)
    return monthsOverflow || daysOverflow ? nil : DatePeriod(months: months, days: days)
  }

  /// Nil where it overflows.
  var negated: DatePeriod? {
    months == .min || days == .min ? nil : DatePeriod(months: -months, days: -days)
  }
}
