import MeanwhileData
import Testing

@Suite struct TimeZoneRulesTests {
  @Test(arguments: [("Z", 0), ("UTC", 0), ("+10:00", 36_000), ("-0330", -12_600), ("+2", 7_200), ("UTC+2", 7_200), ("GMT-08:00", -28_800)])
  func fixedOffsets(id: String, seconds: Int) throws {
    let zone = try #require(TimeZoneRules(id: id))
    #expect(zone.fixedOffsetSeconds == seconds)
  }

  @Test(arguments: ["", "Nowhere/City", "../../etc/passwd", "/etc/passwd", "+19:00", "+1:2:3:4", "Europe", "zone.tab"])
  func unknownIDs(id: String) {
    #expect(TimeZoneRules(id: id) == nil)
  }

  @Test func namedZonesFollowTheirRules() throws {
    let madrid = try #require(TimeZoneRules(id: "Europe/Madrid"))
    let winter = try #require(ISODate.parseMillis("2020-01-15")) / 1_000
    let summer = try #require(ISODate.parseMillis("2020-07-15")) / 1_000
    #expect(madrid.offsetSeconds(at: winter) == 3_600)
    #expect(madrid.offsetSeconds(at: summer) == 7_200)
    // Far behind the table, the rule at the file's end holds.
    let future = try #require(ISODate.parseMillis("2150-07-15")) / 1_000
    #expect(madrid.offsetSeconds(at: future) == 7_200)
    #expect(madrid.epochSecond(ofLocal: summer) == summer - 7_200)
    // 02:30 does not exist on the day the clocks go forward: it is 03:30.
    let gap = try #require(ISODate.parseMillis("2020-03-29T02:30:00")) / 1_000
    #expect(madrid.epochSecond(ofLocal: gap) == gap - 3_600)
    // 02:30 comes twice in autumn: the first one is meant.
    let overlap = try #require(ISODate.parseMillis("2020-10-25T02:30:00")) / 1_000
    #expect(madrid.epochSecond(ofLocal: overlap) == overlap - 7_200)
  }

  @Test func southernZonesToo() throws {
    let sydney = try #require(TimeZoneRules(id: "Australia/Sydney"))
    let january = try #require(ISODate.parseMillis("2100-01-15")) / 1_000
    let july = try #require(ISODate.parseMillis("2100-07-15")) / 1_000
    #expect(sydney.offsetSeconds(at: january) == 39_600)
    #expect(sydney.offsetSeconds(at: july) == 36_000)
  }
}
