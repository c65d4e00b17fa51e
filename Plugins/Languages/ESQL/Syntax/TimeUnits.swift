/// The units behind a number that make it a length of time.
enum TimeUnits {
  /// How long a unit is: in months, since those have no fixed length, or in milliseconds.
  enum Length: Sendable, Hashable {
    case months(Int64)
    case days(Int64)
    case milliseconds(Int64)
  }

  private static let lengths: [String: Length] = [
    "millisecond": .milliseconds(1), "milliseconds": .milliseconds(1), "ms": .milliseconds(1),
    "second": .milliseconds(1_000), "seconds": .milliseconds(1_000), "sec": .milliseconds(1_000), "s": .milliseconds(1_000),
    "minute": .milliseconds(60_000), "minutes": .milliseconds(60_000), "min": .milliseconds(60_000), "m": .milliseconds(60_000),
    "hour": .milliseconds(3_600_000), "hours": .milliseconds(3_600_000), "h": .milliseconds(3_600_000),
    "day": .days(1), "days": .days(1), "d": .days(1), "week": .days(7), "weeks": .days(7), "w": .days(7),
    "month": .months(1), "months": .months(1), "mo": .months(1), "quarter": .months(3), "quarters": .months(3), "q": .months(3),
    "year": .months(12), "years": .months(12), "yr": .months(12), "y": .months(12),
  ]

  static func isUnit(_ lowercase: String) -> Bool { lengths[lowercase] != nil }

  static func length(of lowercase: String) -> Length? { lengths[lowercase] }
}
