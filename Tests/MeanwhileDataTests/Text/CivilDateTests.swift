import MeanwhileData
import Testing

@Suite struct CivilDateTests {
  @Test func daysAndDatesAreInverse() {
    for days in stride(from: -1_000_000, through: 1_000_000, by: 37) {
      #expect(CivilDate(daysSinceEpoch: days).daysSinceEpoch == days)
    }
    #expect(CivilDate(daysSinceEpoch: 18_321) == CivilDate(year: 2020, month: 2, day: 29))
  }

  @Test func knowsWeeksAndQuarters() {
    let date = CivilDate(year: 2021, month: 1, day: 3)
    #expect(date.isoWeek == (2020, 53))
    #expect(date.weekday == 7)
    #expect(CivilDate(year: 2020, month: 12, day: 31).dayOfYear == 366)
    #expect(CivilDate(year: 2020, month: 8, day: 1).quarter == 3)
  }

  @Test func addingMonthsStaysInsideTheMonth() {
    let date = CivilDate(year: 2020, month: 1, day: 31)
    #expect(date.adding(months: 1) == CivilDate(year: 2020, month: 2, day: 29))
    #expect(date.adding(months: -2) == CivilDate(year: 2019, month: 11, day: 30))
    #expect(date.adding(months: 13) == CivilDate(year: 2021, month: 2, day: 28))
  }
}
