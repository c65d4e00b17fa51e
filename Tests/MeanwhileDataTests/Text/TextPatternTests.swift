import MeanwhileData
import Testing

@Suite struct TextPatternTests {
  @Test(arguments: [
    ("abc", "abc", true), ("abc", "abcd", false), ("a*", "abc", true), ("a*", "ba", false), ("*c", "abc", true), ("*c", "c", true),
    ("*c", "", false),
    ("*b*", "abc", true), ("*b*", "ac", false), ("*", "", true), ("", "", true), ("", "a", false), ("a?c", "abc", true),
    ("a?c", "aéc", true),
    ("a?c", "ac", false), ("?", "日", true), ("??", "日", false), ("a*b*c", "aXXbYYc", true), ("a*b*c", "aXXcYYb", false),
    ("a\\*", "a*", true),
    ("a\\*", "ab", false), ("a\\?b", "a?b", true), ("a\\\\*", "a\\x", true), ("*aab", "aaaab", true), ("a**b", "ab", true),
    ("*é*", "café au lait", true),
    ("x\\", "x\\", true), ("*a?", "banana!", true), ("*needle*", "a needl in a needle stack", true),
  ])
  func wildcards(pattern: String, text: String, expected: Bool) throws {
    #expect(try TextPattern.wildcard(pattern).matches(text) == expected)
  }

  @Test(arguments: [
    ("a.c", "abc", true), ("a.c", "a\nc", true), ("a.*", "a", true), ("ab+", "abbb", true), ("ab+", "a", false), ("ab?c", "ac", true),
    ("(ab|cd)*", "abcdab", true), ("(ab|cd)*", "abc", false), ("[a-c]{2,3}", "abc", true), ("[a-c]{2,3}", "a", false),
    ("[a-c]{2}", "abc", false),
    ("[^0-9]+", "abc", true), ("[^0-9]+", "ab1", false), ("a{2,}", "aaaa", true), ("\\d{3}", "123", true), ("\\w+", "ab_9", true),
    ("\\W", "é", true),
    ("a\\.b", "a.b", true), ("a\\.b", "axb", false), ("\"a.b\"", "a.b", true), ("@", "anything", true), ("#", "", false), ("()", "", true),
    ("~(abc)", "abd", true), ("~(abc)", "abc", false), (".*a.*&.*b.*", "xbya", true), (".*a.*&.*b.*", "xay", false), ("[é-ü]", "ö", true),
    ("[é-ü]", "z", false), ("[^a]", "日", true), ("a|", "a", true), (".*foo", "xxfoo", true), (".*foo.*", "a foo b", true),
    ("[a-]", "-", true),
    ("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", false), ("", "", true), ("[\\w-]+", "a-b", true), (".", "💡", true),
  ])
  func regularExpressions(pattern: String, text: String, expected: Bool) throws {
    if pattern == "a|" {
      // Lucene wants something on both sides.
      #expect(throws: TextPatternError.syntax(reason: "unexpected end-of-string")) { try TextPattern.regexp(pattern) }
      return
    }
    #expect(try TextPattern.regexp(pattern).matches(text) == expected)
  }

  @Test(arguments: [("ÀB*", "àbc"), ("abc", "ABC"), ("*LOCAL?OST*", "my localhost"), ("k*", "Kilo")])
  func caseInsensitive(pattern: String, text: String) throws {
    #expect(try TextPattern.wildcard(pattern, isCaseInsensitive: true).matches(text))
    #expect(try TextPattern.wildcard(pattern).matches(text) == false)
  }

  @Test(arguments: [
    ("(ab", "expected ')' at position 3"), ("a{x}", "integer expected at position 2"), ("[abc", "expected ']' at position 4"),
    ("ab)", "end-of-string expected at position 2"), ("\"ab", "expected '\"' at position 3"), ("a\\", "unexpected end-of-string"),
    ("a{3,2}", "invalid repetition range(out of order): 3..2"),
  ])
  func saysWhatIsWrong(pattern: String, reason: String) {
    #expect(throws: TextPatternError.syntax(reason: reason)) { try TextPattern.regexp(pattern) }
  }

  @Test func explosionsAreRefused() {
    #expect(throws: TextPatternError.tooComplex(pattern: "(.*a.{30})")) { try TextPattern.regexp("(.*a.{30})") }
    #expect(throws: TextPatternError.self) { try TextPattern.regexp("((a{1000}){1000}){1000}") }
    #expect(throws: TextPatternError.self) { try TextPattern.regexp(String(repeating: "(", count: 5_000)) }
  }

  @Test func tellsWhatEveryMatchBeginsWith() throws {
    #expect(try TextPattern.wildcard("abc*d").literalPrefix == Array("abc".utf8))
    #expect(try TextPattern.regexp("ab(c|d)").literalPrefix == Array("ab".utf8))
    #expect(try TextPattern.wildcard("*x").literalPrefix.isEmpty)
    #expect(try TextPattern.wildcard("x\\*").exactText == Array("x*".utf8))
    #expect(try TextPattern.wildcard("**").matchesEverything)
  }
}
