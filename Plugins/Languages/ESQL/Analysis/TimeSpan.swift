import MeanwhileData
import MeanwhileEngine

/// A length of time as a literal gives it: of the calendar, or of the clock.
enum TimeSpan: Sendable, Hashable {
  case period(DatePeriod)
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
      self = .period(DatePeriod(months: total))
    case .days(let days):
      guard let total = Int32(exactly: amount.multipliedReportingOverflow(by: days).partialValue), amount.magnitude < 1 << 31 else {
        return nil
      }
      self = .period(DatePeriod(days: total))
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

  var expression: Expression {
    switch self {
    case .period(let period): .literal(.long(period.encoded), .datePeriod)
    case .duration(let milliseconds): .literal(.long(milliseconds), .timeDuration)
    }
  }
}
