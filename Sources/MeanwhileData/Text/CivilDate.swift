/// A day of the proleptic Gregorian calendar, which ISO 8601 and Java's `LocalDate` use. Year 0 is 1 BC.
public struct CivilDate: Sendable, Hashable, Comparable {
  public var year: Int
  /// 1 ... 12.
  public var month: Int
  /// 1 ... 31.
  public var day: Int

  @inlinable
  public init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day that is `days` after 1970-01-01. Counts in years that begin in March, so that the leap day ends one.
  ///
  /// - Parameter days: within ±10^14, which every millisecond timestamp is.
  @inlinable
  public init(daysSinceEpoch days: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01. The year must be within ±10^12.
  @inlinable
  public var daysSinceEpoch: Int {
    let year = month <= 2 ? self.year - 1 : self.year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  @inlinable
  public static func < (left: CivilDate, right: CivilDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  @inlinable
  public static func isLeap(year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// - Parameter month: 1 ... 12.
  @inlinable
  public static func dayCount(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year: year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// 1 ... 366.
  public var dayOfYear: Int { daysSinceEpoch - CivilDate(year: year, month: 1, day: 1).daysSinceEpoch + 1 }

  /// 1 (Monday) ... 7 (Sunday).
  public var weekday: Int { Self.weekday(daysSinceEpoch: daysSinceEpoch) }

  /// 1 ... 4.
  public var quarter: Int { (month + 2) / 3 }

  /// ISO 8601's week and the year it belongs to: week 1 is the one with the year's first Thursday.
  public var isoWeek: (year: Int, week: Int) {
    let thursday = daysSinceEpoch - weekday + 4
    let year = CivilDate(daysSinceEpoch: thursday).year
    let first = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
    return (year, (thursday - first) / 7 + 1)
  }

  /// The same day some months on, or the month's last where it has no such day (31 January plus one month is 28 or 29 February).
  ///
  /// - Parameter months: within ±10^12.
  public func adding(months: Int) -> CivilDate {
    let total = year * 12 + (month - 1) + months
    let newYear = total.floorDivided(by: 12)
    let newMonth = total - newYear * 12 + 1
    return CivilDate(year: newYear, month: newMonth, day: min(day, Self.dayCount(ofMonth: newMonth, year: newYear)))
  }

  /// The Monday of ISO week `week` of `year`.
  static func monday(ofWeek week: Int, year: Int) -> Int {
    let fourth = CivilDate(year: year, month: 1, day: 4).daysSinceEpoch
    return fourth - (weekday(daysSinceEpoch: fourth) - 1) + (week - 1) * 7
  }

  static func weekday(daysSinceEpoch days: Int) -> Int {
    let fromMonday = (days + 3) - (days + 3).floorDivided(by: 7) * 7
    return fromMonday + 1
  }
}

extension FixedWidthInteger {
  /// Division that rounds towards minus infinity, as calendars need it before 1970.
  ///
  /// - Parameter divisor: positive.
  @inlinable
  public func floorDivided(by divisor: Self) -> Self {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
