/// What a date text said, field by field; the rest is filled in by ``resolved(in:roundingUp:)``.
struct DateFields {
  /// How the day is given.
  enum Day {
    case none
    case ofMonth(Int)
    case ofYear(Int)
    case ofWeek(year: Int, week: Int?, weekday: Int?)
  }

  var year: Int?
  var month: Int?
  var day = Day.none
  var hour: Int?
  var minute: Int?
  var second: Int?
  var nanos: Int?
  var offsetSeconds: Int?
  var zone: TimeZoneRules?

  /// The moment that the fields name. Fields that are missing take their first value, or their last one when rounding up, as the upper
  /// bound of a range wants it: `2020` then is the last nanosecond of that year.
  ///
  /// - Parameter zone: for texts that name none; nil is UTC.
  /// - Returns: nil where a field is out of its range.
  func resolved(in zone: TimeZoneRules?, roundingUp: Bool) -> EpochTime? {
    guard let days = daysSinceEpoch(roundingUp: roundingUp) else { return nil }
    let hour = self.hour ?? (roundingUp ? 23 : 0)
    let minute = self.minute ?? (roundingUp ? 59 : 0)
    let second = self.second ?? (roundingUp ? 59 : 0)
    let nanos = self.nanos ?? (roundingUp ? 999_999_999 : 0)
    guard hour >= 0, hour < 24, minute >= 0, minute < 60, second >= 0, second < 60, nanos >= 0, nanos < 1_000_000_000 else { return nil }
    let local = Int64(days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    if let offsetSeconds { return EpochTime(seconds: local - Int64(offsetSeconds), nanos: Int32(nanos)) }
    guard let zone = self.zone ?? zone else { return EpochTime(seconds: local, nanos: Int32(nanos)) }
    return EpochTime(seconds: zone.epochSecond(ofLocal: local), nanos: Int32(nanos))
  }

  private func daysSinceEpoch(roundingUp: Bool) -> Int? {
    let year = self.year ?? 1970
    guard year >= -999_999_999, year <= 999_999_999 else { return nil }
    switch day {
    case .ofWeek(let weekYear, let week, let weekday):
      let week = week ?? 1
      let weekday = weekday ?? (roundingUp ? 7 : 1)
      guard week >= 1, week <= 53, weekday >= 1, weekday <= 7, weekYear >= -999_999_999, weekYear <= 999_999_999 else { return nil }
      return CivilDate.monday(ofWeek: week, year: weekYear) + weekday - 1
    case .ofYear(let day):
      guard day >= 1, day <= (CivilDate.isLeap(year: year) ? 366 : 365) else { return nil }
      return CivilDate(year: year, month: 1, day: 1).daysSinceEpoch + day - 1
    case .ofMonth(let day):
      let month = self.month ?? 1
      guard month >= 1, month <= 12, day >= 1, day <= CivilDate.dayCount(ofMonth: month, year: year) else { return nil }
      return CivilDate(year: year, month: month, day: day).daysSinceEpoch
    case .none:
      let roundsDay = roundingUp && (self.year != nil || self.month != nil)
      let month = self.month ?? (roundsDay ? 12 : 1)
      guard month >= 1, month <= 12 else { return nil }
      let day = roundsDay ? CivilDate.dayCount(ofMonth: month, year: year) : 1
      return CivilDate(year: year, month: month, day: day).daysSinceEpoch
    }
  }
}
