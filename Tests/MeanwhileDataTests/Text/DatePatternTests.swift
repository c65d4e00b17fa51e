import MeanwhileData
import Testing

@Suite struct DatePatternTests {
  static let moment = EpochTime(seconds: 1_582_979_430, nanos: 500_800_900)

  @Test(arguments: [
    ("yyyy-MM-dd HH:mm:ss.SSS Z", "2020-02-29 12:30:30.500 +0000"),
    ("EEE, d MMM yyyy h:mm a", "Sat, 29 Feb 2020 12:30 PM"),
    ("EEEE d MMMM yy", "Saturday 29 February 20"),
    ("yyyyMMdd'T'HHmmssXX", "20200229T123030Z"),
    ("YYYY-'W'ww-e", "2020-W09-6"),
    ("D DDD Q", "60 060 1"),
    ("SSSSSSSSS", "500800900"),
    ("'o''clock' k", "o'clock 12"),
    ("uuuu[-MM]", "2020-02"),
    ("GGGG", "Anno Domini"),
  ])
  func prints(pattern: String, expected: String) throws {
    #expect(try DatePattern(pattern).text(Self.moment) == expected)
  }

  @Test func printsOffsets() throws {
    let zone = try #require(TimeZoneRules(id: "+05:30"))
    #expect(
      try DatePattern("X XX XXX x Z ZZZZ O VV").text(Self.moment, in: zone) == "+0530 +0530 +05:30 +0530 +0530 GMT+05:30 GMT+5:30 +05:30")
  }

  @Test(arguments: [
    ("yyyy-MM-dd HH:mm:ss", "2020-02-29 12:30:30", "2020-02-29T12:30:30.000Z"),
    ("yyyyMMddHHmmss", "20200229123030", "2020-02-29T12:30:30.000Z"),
    ("d/M/yyyy", "9/2/2020", "2020-02-09T00:00:00.000Z"),
    ("dd/MMM/yyyy:HH:mm:ss Z", "29/Feb/2020:13:30:30 +0100", "2020-02-29T12:30:30.000Z"),
    ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2020-02-29T12:30:30.500+01:00", "2020-02-29T11:30:30.500Z"),
    ("h:mm a", "1:05 PM", "1970-01-01T13:05:00.000Z"),
    ("yyyy[-MM[-dd]]", "2020-02", "2020-02-01T00:00:00.000Z"),
    ("yy", "20", "2020-01-01T00:00:00.000Z"),
    ("yyyy-DDD", "2020-060", "2020-02-29T00:00:00.000Z"),
    ("YYYY-'W'ww-e", "2020-W09-6", "2020-02-29T00:00:00.000Z"),
    ("yyyy-MM-dd VV", "2020-07-01 Europe/Madrid", "2020-06-30T22:00:00.000Z"),
  ])
  func parses(pattern: String, text: String, expected: String) throws {
    let time = try DatePattern(pattern).parse(text)
    #expect(time?.millis.map { ISODate.text(millis: $0) } == expected)
  }

  @Test(arguments: [
    ("yyyy-MM-dd", "2020-2-29"), ("yyyy-MM-dd", "2020-02-30"), ("yyyy", "20201"), ("HH:mm", "24:00"), ("MMM", "feb"), ("yyyy", ""),
  ])
  func refusesWhatDoesNotFit(pattern: String, text: String) throws {
    #expect(try DatePattern(pattern).parse(text) == nil)
  }

  @Test(arguments: [
    ("yyyy-l", "Unknown pattern letter: l"), ("ddd", "Too many pattern letters: d"),
    ("yyyy]", "Pattern invalid as it contains ] without previous ["),
    ("'abc", "Pattern ends with an incomplete string literal: 'abc"), ("yyyy#", "Pattern includes reserved character: '#'"),
  ])
  func saysWhatIsWrongWithAPattern(pattern: String, reason: String) {
    #expect(throws: DatePatternError(reason: reason)) { try DatePattern(pattern) }
  }

  @Test(arguments: [
    ("epoch_second", "1582979430", "1582979430"), ("epoch_millis", "1582979430500", "1582979430500"),
    ("strict_date", "2020-02-29", "2020-02-29"),
    ("date", "2020-2-9", "2020-02-09"), ("basic_date", "20200229", "20200229"),
    ("strict_date_time", "2020-02-29T12:30:30.5Z", "2020-02-29T12:30:30.500Z"),
    ("date_time_no_millis", "2020-02-29T12:30:30+01:00", "2020-02-29T11:30:30Z"), ("week_date", "2020-W9-6", "2020-W09-6"),
    ("yyyy/MM/dd||epoch_second", "86400", "1970/01/02"), ("strict_date_optional_time", "2020", "2020-01-01T00:00:00.000Z"),
    ("hour_minute", "3:4", "03:04"),
  ])
  func namedFormats(name: String, text: String, printed: String) throws {
    let format = try DateFormat(name)
    let time = try #require(format.parse(text))
    #expect(format.text(time) == printed)
  }

  @Test func strictFormatsWantEveryDigit() throws {
    #expect(try DateFormat("strict_date").parse("2020-2-9") == nil)
    #expect(throws: DatePatternError.self) { try DateFormat("no_such_format") }
    #expect(throws: DatePatternError.self) { try DateFormat("strict_date||") }
  }
}

extension DatePatternTests {
  @Test(
    "months and days have the names of a locale's language, and English ones where that is not known",
    arguments: [
      ("fr", "EEEE d MMMM yyyy", "samedi 29 février 2020"), ("fr-CA", "MMM", "févr."), ("de_AT", "EE, d. MMM", "Sa., 29. Feb."),
      ("es", "EEEEE MMMM", "S febrero"), ("nl", "MMM QQQ", "feb K1"), ("it", "EEE d MMM", "sab 29 feb"), ("pt-BR", "MMM", "fev."),
      ("xx", "EEE", "Sat"), ("en-GB", "MMMM", "February"),
    ])
  func localizes(locale: String, pattern: String, expected: String) throws {
    let localized = try DatePattern(pattern, names: .named(locale))
    #expect(localized.text(Self.moment) == expected)
  }

  @Test func readsLocalizedNames() throws {
    let format = try DateFormat("d MMMM yyyy").spelled(with: .named("fr"))
    #expect(format.parse("10 septembre 2025")?.millis == 1_757_462_400_000)
    #expect(format.parse("10 September 2025") == nil)
  }
}
