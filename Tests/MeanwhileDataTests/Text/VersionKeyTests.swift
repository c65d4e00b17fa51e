import MeanwhileData
import Testing

@Suite struct VersionKeyTests {
  /// In the order of versions; texts that are none at the end.
  static let ordered = [
    "0", "1", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-alpha-", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
    "1.0.0-rc.1", "1.0.0",
    "1.0.0+build", "1.2.0", "1.2.1", "1.10.0", "1.10.0.1", "2.0.0", "10.0", "", "1.01", "1.2.x", "bad", "v1.0",
  ]

  @Test func keysOrderAsVersionsDo() {
    let keys = Self.ordered.map(VersionKey.encoded)
    for (before, after) in zip(keys, keys.dropFirst()) {
      #expect(before.lexicographicallyPrecedes(after))
    }
  }

  @Test func everyTextComesBack() {
    for text in Self.ordered + ["1.2.3-4.x.5+6.7", "1..2", "1.2-", "1.2+", String(repeating: "9", count: 300), "1-é"] {
      #expect(VersionKey.decoded(VersionKey.encoded(text)) == text)
    }
  }

  @Test func aBrokenKeyIsReadToItsEndAndNoFurther() {
    #expect(VersionKey.decoded([1, 200, 0x31]) == "1")
    #expect(VersionKey.decoded([1]) == "")
    #expect(VersionKey.decoded([]) == "")
  }
}
