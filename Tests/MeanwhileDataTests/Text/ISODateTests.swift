import MeanwhileData
import Testing

@Suite struct ISODateTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0),
    ("2020-02-29T12:30:30.500Z", 1_582_979_430_500),
    ("2020-02-29T12:30:30,5Z", 1_582_979_430_500),
    ("2020-02-29T22:30:30.500+10:00", 1_582_979_430_500),
    ("2020-02-29T22:30:30.500+1000", 1_582_979_430_500),
    ("2020-02-29T02:30:30.500-10", 1_582_979_430_500),
    ("2020-02-29T12:30:30.500999999Z", 1_582_979_430_500),
    ("2020-02-29T12:30", 1_582_979_400_000),
    ("2020-02-29", 1_582_934_400_000),
    ("2020-02", 1_580_515_200_000),
    ("2020", 1_577_836_800_000),
    ("1969-12-31T23:59:59.999Z", -1),
    ("1582979430500", 1_582_979_430_500),
    ("-5", -5),
    ("+12020-01-01", 317_147_356_800_000),
  ])
  func parsesDates(text: String, millis: Int) {
    #expect(ISODate.parseMillis(text) == Int64(millis))
  }

  @Test(arguments: [
    "", "2020-2-9", "2020-02-30", "2021-02-29", "2020-13-01", "2020-01-01T24:00", "2020-01-01T10:60", "2020-01-01T10:00:00.", "20-01-01",
    "2020-01-01 10:00", "2020-01-01T10:00:00+25:00", "2020-01-01x", "99999999999999999999", "now", "2020-01-01T10:00:00.1234567890Z",
  ])
  func refusesWhatIsNoDate(text: String) {
    #expect(ISODate.parseMillis(text) == nil)
  }

  @Test func roundsMissingPartsUp() {
    #expect(ISODate.parseMillis("2020-02", roundingUp: true) == ISODate.parseMillis("2020-02-29T23:59:59.999Z"))
    #expect(ISODate.parseMillis("2020-02-01T10", roundingUp: true) == ISODate.parseMillis("2020-02-01T10:59:59.999Z"))
  }

  @Test func nanosecondsKeepNineDigitsAndStayInTheirRange() {
    #expect(ISODate.parseNanos("2020-02-29T12:30:30.5008009Z") == 1_582_979_430_500_800_900)
    #expect(ISODate.parseNanos("1969-12-31T23:59:59Z") == nil)
    #expect(ISODate.parseNanos("2263-01-01") == nil)
    #expect(ISODate.text(nanos: 1_582_979_430_500_800_900) == "2020-02-29T12:30:30.5008009Z")
    #expect(ISODate.text(nanos: 1_000_000_000) == "1970-01-01T00:00:01.000Z")
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (1_582_979_430_500, "2020-02-29T12:30:30.500Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (-62_198_755_200_000, "-0001-01-01T00:00:00.000Z"), (317_147_356_800_000, "+12020-01-01T00:00:00.000Z"),
  ])
  func printsThreeFractionDigits(millis: Int, text: String) {
    #expect(ISODate.text(millis: Int64(millis)) == text)
  }

  @Test func printsInAZone() throws {
    let sydney = try #require(TimeZoneRules(id: "+10:00"))
    #expect(ISODate.text(millis: 1_582_979_430_500, in: sydney) == "2020-02-29T22:30:30.500+10:00")
  }

  @Test func everyMillisecondOfTimeCanBePrinted() {
    #expect(ISODate.text(millis: .max) == "+292278994-08-17T07:12:55.807Z")
    #expect(ISODate.text(millis: .min) == "-292275055-05-16T16:47:04.192Z")
  }
}
