import MeanwhileData

/// A moment of the calendar in UTC, counted out year by year and month by month.
struct Moment {
  var year: Int
  /// 1 to 12.
  var month: Int
  /// From 1.
  var day: Int
  var nanosecondOfDay: Int64
  /// Days since 1970-01-01.
  let epochDay: Int

  static let nanosecondsPerDay: Int64 = 86_400_000_000_000

  /// - Parameter value: what a date or a finer date holds.
  init(_ value: Int64, _ type: DataType) {
    let perDay = type == .date ? 86_400_000 : Self.nanosecondsPerDay
    var days = Int(value / perDay)
    var rest = value % perDay
    if rest < 0 {
      rest += perDay
      days -= 1
    }
    epochDay = days
    nanosecondOfDay = type == .date ? rest * 1_000_000 : rest
    year = 1970
    while days < 0 {
      year -= 1
      days += Self.daysInYear(year)
    }
    while days >= Self.daysInYear(year) {
      days -= Self.daysInYear(year)
      year += 1
    }
    month = 1
    while days >= Self.daysInMonth(month, year) {
      days -= Self.daysInMonth(month, year)
      month += 1
    }
    day = days + 1
  }

  static func daysInYear(_ year: Int) -> Int { isLeap(year) ? 366 : 365 }

  static func daysInMonth(_ month: Int, _ year: Int) -> Int {
    month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// Monday is 1.
  var dayOfWeek: Int { ((epochDay + 3) % 7 + 7) % 7 + 1 }

  /// What a date, or a finer date, holds for a day and the time within it.
  static func value(_ year: Int, _ month: Int, _ day: Int, _ nanosecondOfDay: Int64, _ type: DataType) -> Int64 {
    var days = day - 1
    for month in 1..<month { days += daysInMonth(month, year) }
    for year in year < 1970 ? year..<1970 : 1970..<year { days += year < 1970 ? 0 : daysInYear(year) }
    if year < 1970 { for year in year..<1970 { days -= daysInYear(year) } }
    return type == .date
      ? Int64(days) * 86_400_000 + nanosecondOfDay / 1_000_000 : Int64(days) * nanosecondsPerDay + nanosecondOfDay
  }

  /// The same time of day so many months later; in a shorter month, its last day.
  func adding(months: Int, _ type: DataType) -> Int64 {
    let count = year * 12 + month - 1 + months
    let (year, month) = (count / 12, count % 12 + 1)
    return Self.value(year, month, min(day, Self.daysInMonth(month, year)), nanosecondOfDay, type)
  }

  /// ISO 8601 with three digits of a second, or as many as there are up to nine.
  var text: String {
    func padded(_ number: Int64, _ width: Int) -> String {
      let digits = "\(number)"
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let seconds = nanosecondOfDay / 1_000_000_000
    var fraction = padded(nanosecondOfDay % 1_000_000_000, 9)
    while fraction.count > 3, fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(padded(Int64(year), 4))-\(padded(Int64(month), 2))-\(padded(Int64(day), 2))T"
      + "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2)).\(fraction)Z"
  }
}
