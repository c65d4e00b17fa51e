import Testing

@testable import MeanwhileEngine

/// What patterns with captures find, and what they refuse.
@Suite struct CapturePatternTests {
  /// The groups of the first match, `-` for one that took no part; nil where there is none.
  private func groups(_ pattern: String, _ text: String) throws -> [String]? {
    let compiled = try CapturePattern(pattern)
    return try Array(text.utf8).withUnsafeBufferPointer { bytes in
      guard let match = try compiled.firstMatch(in: bytes) else { return nil }
      return (0..<compiled.groupCount).map { group in
        match.range(of: group).map { String(decoding: bytes[$0], as: UTF8.self) } ?? "-"
      }
    }
  }

  @Test(arguments: [
    ("b+", "abbc", ["bb"]), ("(a)(b)?", "ac", ["a", "a", "-"]), ("a.c", "xaéc", ["aéc"]), ("(a|ab)(c|bcd)", "abcd", ["abcd", "a", "bcd"]),
    ("a{2,3}?", "aaaa", ["aa"]), ("a{,2}b", "aaab", ["aab"]), ("[^0-9\\s]+", "12 ab3", ["ab"]), ("[[:alpha:]&&[^a]]+", "aabc", ["bc"]),
    ("(?<year>\\d{4})-(?<month>\\d\\d)", "on 2024-05", ["2024-05", "2024", "05"]), ("(?i)hello", "HeLLo", ["HeLLo"]),
    ("\\bcat\\b", "concat cat", ["cat"]), ("(?<!\\d)\\d\\d(?!\\d)", "123 45", ["45"]), ("(?<=ab|x)c", "zcabc", ["c"]),
    ("(\\w)\\1", "abccd", ["cc", "c"]),
    ("^a$", "a\n", ["a"]), ("(?:a*)*b", "aaab", ["aaab"]), ("\\Qa.b\\E", "a.b", ["a.b"]), ("\\u00e9|x", "é", ["é"]),
    ("(?>a+)b", "aab", ["aab"]),
  ])
  func finds(pattern: String, text: String, expected: [String]) throws {
    #expect(try groups(pattern, text) == expected)
  }

  @Test(arguments: [("(?>a+)ab", "aaab"), ("a++ab", "aaab"), ("x", "abc"), ("^b", "ab"), ("(?!a)a", "a")])
  func findsNothing(pattern: String, text: String) throws {
    #expect(try groups(pattern, text) == nil)
  }

  @Test(arguments: ["(", ")", "a**b(", "[a", "*a", "(?<n", "a{2,1}", "\\", "(?<=a*)b", "[b-a]", "(((a{1000}){1000}){1000})"])
  func refuses(pattern: String) {
    #expect(throws: CapturePatternError.self) { try CapturePattern(pattern) }
  }

  @Test func endsASearchThatExplodes() throws {
    let text = String(repeating: "a", count: 60)
    #expect(throws: EvaluationFailure.self) { try groups("(a|aa|aaa)*(a|aa|aaa)*(a|aa)*b", text) }
  }
}
