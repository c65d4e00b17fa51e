/// A span of the calendar: a value of type ``DataType/datePeriod``, which has no fixed length in milliseconds.
public struct DatePeriod: Sendable, Hashable {
  public var months: Int32
  public var days: Int32

  public init(months: Int32 = 0, days: Int32 = 0) {
    self.months = months
    self.days = days
  }

  /// From a value of a column or literal: months in the high 32 bits, days in the low ones.
  public init(encoded: Int64) {
    months = Int32(truncatingIfNeeded: encoded >> 32)
    days = Int32(truncatingIfNeeded: encoded)
  }

  public var encoded: Int64 { Int64(months) << 32 | Int64(UInt32(bitPattern: days)) }
}
