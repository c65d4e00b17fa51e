import Testing

@testable import Meanwhile

@Suite("Names with wildcards")
struct WildcardPatternTests {
  static let cases: [(pattern: String, text: String, matches: Bool)] = [
    ("", "", true), ("", "a", false), ("a", "a", true), ("a", "ab", false), ("*", "", true), ("*", "abc", true), ("a*", "abc", true),
    ("*c", "abc", true), ("*b", "abc", false), ("a*c", "abc", true), ("a*b*c", "a-b-b-c", true), ("a*b*c", "acb", false),
    ("indices:data/read/esql*", "indices:data/read/esql[a]", true), ("*eql*", "indices:data/read/esql", false), ("**", "x", true),
  ]

  @Test("A star is any run of characters", arguments: cases)
  func matches(_ pattern: String, _ text: String, _ expected: Bool) {
    #expect(WildcardPattern(pattern).matches(text) == expected)
  }
}
