import MeanwhileData
import Testing

@Suite struct CalendarIntervalTests {
  @Test(arguments: [
    (CalendarInterval.year, "2020-01-01T00:00:00.000Z"), (.quarter, "2020-04-01T00:00:00.000Z"), (.month, "2020-05-01T00:00:00.000Z"),
    (.week, "2020-05-11T00:00:00.000Z"), (.day, "2020-05-17T00:00:00.000Z"), (.hour, "2020-05-17T13:00:00.000Z"),
    (.minute, "2020-05-17T13:47:00.000Z"), (.fixed(milliseconds: 300_000), "2020-05-17T13:45:00.000Z"),
  ])
  func truncates(interval: CalendarInterval, expected: String) throws {
    let moment = try #require(ISODate.parseMillis("2020-05-17T13:47:12.345Z"))
    #expect(ISODate.text(millis: interval.truncate(millis: moment)) == expected)
  }

  @Test func truncatesBeforeTheEpoch() throws {
    let moment = try #require(ISODate.parseMillis("1969-12-31T23:59:59.999Z"))
    #expect(ISODate.text(millis: CalendarInterval.day.truncate(millis: moment)) == "1969-12-31T00:00:00.000Z")
    #expect(ISODate.text(millis: CalendarInterval.year.truncate(millis: moment)) == "1969-01-01T00:00:00.000Z")
  }

  @Test func aDayInAZoneBeginsAtItsMidnight() throws {
    let madrid = try #require(TimeZoneRules(id: "Europe/Madrid"))
    let moment = try #require(ISODate.parseMillis("2020-05-17T22:30:00Z"))
    #expect(ISODate.text(millis: CalendarInterval.day.truncate(millis: moment, in: madrid)) == "2020-05-17T22:00:00.000Z")
    // The day the clocks go forward has 23 hours.
    let spring = try #require(ISODate.parseMillis("2020-03-28T23:00:00Z"))
    let next = try #require(CalendarInterval.day.next(after: spring, in: madrid))
    #expect(next - spring == 23 * 3_600_000)
  }

  @Test(arguments: [
    CalendarInterval.months(.max), .weeks(.max), .days(.max), .months(.min), .days(0), .fixed(milliseconds: 0), .fixed(milliseconds: .max),
  ])
  func anIntervalOfAnyLengthIsSafe(interval: CalendarInterval) {
    for millis in [Int64.min, -1, 0, 1_589_723_232_345, .max] {
      _ = interval.truncate(millis: millis)
      _ = interval.next(after: millis)
    }
  }

  @Test func addsMonths() throws {
    let moment = try #require(ISODate.parseMillis("2020-01-31T10:00:00Z"))
    #expect(moment.adding(months: 1).map { ISODate.text(millis: $0) } == "2020-02-29T10:00:00.000Z")
    #expect(moment.adding(months: .max) == nil)
    #expect(Int64.max.adding(days: 1) == nil)
  }
}
