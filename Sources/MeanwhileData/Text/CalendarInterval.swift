/// A length of time that dates are grouped or rounded by. Calendar intervals are counted from 0001-01-01, as Elasticsearch counts them; fixed ones from
/// the epoch.
public enum CalendarInterval: Sendable, Hashable {
  /// A number of months, at least 1: a quarter is 3, a year 12.
  case months(Int)
  /// A number of weeks, at least 1, beginning on Mondays.
  case weeks(Int)
  /// Whole days on the zone's clocks, at least 1.
  case days(Int)
  /// A fixed number of milliseconds, at least 1.
  case fixed(milliseconds: Int64)

  public static let month = CalendarInterval.months(1)
  public static let quarter = CalendarInterval.months(3)
  public static let year = CalendarInterval.months(12)
  public static let week = CalendarInterval.weeks(1)
  public static let day = CalendarInterval.days(1)
  public static let hour = CalendarInterval.fixed(milliseconds: 3_600_000)
  public static let minute = CalendarInterval.fixed(milliseconds: 60_000)
  public static let second = CalendarInterval.fixed(milliseconds: 1_000)

  /// Days from the epoch to 0001-01-01, which is a Monday.
  private static let firstDay = -719_162

  /// The start of the interval that a moment lies in.
  ///
  /// - Parameters:
  ///   - millis: since the epoch.
  ///   - zone: whose clocks the interval is on; nil is UTC.
  public func truncate(millis: Int64, in zone: TimeZoneRules? = nil) -> Int64 {
    guard let zone else { return truncateLocal(millis) }
    let offset = Int64(zone.offsetSeconds(at: millis.floorDivided(by: 1_000))) * 1_000
    let (local, overflow) = millis.addingReportingOverflow(offset)
    if overflow { return millis }
    let start = truncateLocal(local)
    if case .fixed(let size) = self, size <= 3_600_000 {
      // Inside an hour that clocks show twice, the way back must not jump to the other one.
      return start &- offset
    }
    let second = start.floorDivided(by: 1_000)
    return zone.epochSecond(ofLocal: second) &* 1_000 &+ (start &- second &* 1_000)
  }

  /// The start of the interval after the one that begins at `millis`.
  ///
  /// - Returns: nil past the end of time.
  public func next(after millis: Int64, in zone: TimeZoneRules? = nil) -> Int64? {
    switch self {
    case .months(let count): return millis.adding(months: count, in: zone)
    case .weeks(let count): return millis.adding(days: Self.bounded(count) * 7, in: zone)
    case .days(let count): return millis.adding(days: count, in: zone)
    case .fixed(let size):
      let (sum, overflow) = millis.addingReportingOverflow(size)
      return overflow ? nil : sum
    }
  }

  /// A count that no calendar overflows by; intervals are longer than time itself long before.
  private static func bounded(_ count: Int) -> Int { max(1, min(count, 1_000_000_000)) }

  private func truncateLocal(_ millis: Int64) -> Int64 {
    switch self {
    case .fixed(let size):
      let size = max(1, size)
      return millis.floorDivided(by: size) &* size
    case .days(let count):
      let size = 86_400_000 * Int64(Self.bounded(count))
      return millis.floorDivided(by: size) &* size
    case .weeks(let count):
      let count = Self.bounded(count)
      let days = Int(millis.floorDivided(by: 86_400_000)) - Self.firstDay
      return Int64(days.floorDivided(by: 7 * count) * 7 * count + Self.firstDay) &* 86_400_000
    case .months(let count):
      let count = Self.bounded(count)
      let date = CivilDate(daysSinceEpoch: Int(millis.floorDivided(by: 86_400_000)))
      let months = (date.year - 1) * 12 + date.month - 1
      let first = months.floorDivided(by: count) * count
      let year = first.floorDivided(by: 12)
      return Int64(CivilDate(year: year + 1, month: first - year * 12 + 1, day: 1).daysSinceEpoch) &* 86_400_000
    }
  }
}

extension Int64 {
  /// A moment in milliseconds, some months on, at the same time of the zone's clocks. Nil where 64 bits cannot hold it.
  public func adding(months: Int, in zone: TimeZoneRules? = nil) -> Int64? {
    guard months.magnitude <= 12_000_000_000 else { return nil }
    return shifted(in: zone) { $0.adding(months: months).daysSinceEpoch }
  }

  /// A moment in milliseconds, some days on, at the same time of the zone's clocks.
  public func adding(days: Int, in zone: TimeZoneRules? = nil) -> Int64? {
    guard days.magnitude <= 400_000_000_000 else { return nil }
    return shifted(in: zone) { $0.daysSinceEpoch + days }
  }

  private func shifted(in zone: TimeZoneRules?, _ move: (CivilDate) -> Int) -> Int64? {
    let offset = Int64(zone?.offsetSeconds(at: floorDivided(by: 1_000)) ?? 0) * 1_000
    let (local, overflow) = addingReportingOverflow(offset)
    if overflow { return nil }
    let days = local.floorDivided(by: 86_400_000)
    let rest = local &- days &* 86_400_000
    let (start, tooFar) = Int64(move(CivilDate(daysSinceEpoch: Int(days)))).multipliedReportingOverflow(by: 86_400_000)
    let (moved, pastEnd) = start.addingReportingOverflow(rest)
    if tooFar || pastEnd { return nil }
    guard let zone else { return moved }
    let second = moved.floorDivided(by: 1_000)
    return zone.epochSecond(ofLocal: second) &* 1_000 &+ (moved &- second &* 1_000)
  }
}
