import MeanwhileData
import MeanwhileEngine

/// A length of time as a literal gives it: of the calendar, or of the clock.
enum TimeSpan: Sendable, Hashable {
  case period(months: Int32, days: Int32)
  case duration(milliseconds: Int64)

  /// `3 weeks`.
  ///
  /// - Returns: nil for an unknown unit, or too great an amount.
  init?(amount: Int64, unit: String) {
    switch TimeUnits.length(of: unit.lowercased()) {
    case .months(let months):
      guard let total = Int32(exactly: amount.multipliedReportingOverflow(by: months).partialValue), amount.magnitude < 1 << 31 else {
        return nil
      }
      self = .period(months: total, days: 0)
    case .days(let days):
      guard let total = Int32(exactly: amount.multipliedReportingOverflow(by: days).partialValue), amount.magnitude < 1 << 31 else {
        return nil
      }
      self = .period(months: 0, days: total)
    case .milliseconds(let length):
      let (total, overflow) = amount.multipliedReportingOverflow(by: length)
      guard !overflow else { return nil }
      self = .duration(milliseconds: total)
    case nil: return nil
    }
  }

  /// Reads `3 weeks` from a string.
  init?(text: String) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, let amount = Int64(parts[0]) else { return nil }
    self.init(amount: amount, unit: String(parts[1]))
  }

  /// A period counts months in its high 32 bits and days in its low ones.
  var expression: Expression {
    switch self {
    case .period(let months, let days):
      .literal(.long(Int64(months) << 32 | Int64(UInt32(bitPattern: days))), .datePeriod)
    case .duration(let milliseconds): .literal(.long(milliseconds), .timeDuration)
    }
  }
}
