import Meanwhile
import Testing

struct JSONValueTests {
  @Test(
    arguments: [
      (1.0, "1.0"), (0.1, "0.1"), (-2.5, "-2.5"), (100.0, "100.0"), (123456.789, "123456.789"), (0.001, "0.001"), (0.00123, "0.00123"),
      (0.00099, "9.9E-4"), (1e-5, "1.0E-5"), (1.5e-300, "1.5E-300"), (9_999_999.0, "9999999.0"), (1e7, "1.0E7"),
      (12_345_678.0, "1.2345678E7"),
      (1e10, "1.0E10"), (-1e10, "-1.0E10"), (1e22, "1.0E22"), (1.7976931348623157e308, "1.7976931348623157E308"),
      (0.0, "0.0"), (-0.0, "-0.0"), (1234567890123.0, "1.234567890123E12"), (3.0e6, "3000000.0"), (.infinity, "Infinity"),
    ] as [(Double, String)])
  func doublesAreSpelledAsJavaDoes(value: Double, text: String) {
    #expect(JSONText.javaSpelling(of: value) == text)
  }

  @Test(
    arguments: [
      "null", "true", "[]", "{}", "0", "-1", "9223372036854775807", "18446744073709551615", "1.5", #""a\"b\\c\n\u0001é😀""#,
      #"{"a":[1,{"b":null}],"c":"d"}"#,
    ])
  func whatIsReadIsWrittenAgain(text: String) throws {
    #expect(try JSONValue.parse(text).text() == text)
  }

  @Test(
    arguments: [
      (" [ 1 , 2 ] ", [1, 2]), (#""\ud83d\ude00\/""#, "😀/"), ("1e2", .double(100)), ("-0", .integer(0)), ("1E-2", .double(0.01)),
      ("99999999999999999999", .double(1e20)),
    ] as [(String, JSONValue)])
  func spellingsThatMeanTheSame(text: String, value: JSONValue) throws {
    #expect(try JSONValue.parse(text) == value)
  }

  @Test(
    arguments: [
      ("", 1, 1), ("{", 1, 2), ("[1,]", 1, 4), (#"{"a":1,}"#, 1, 8), ("{\n  \"a\" 1}", 2, 7), ("nul", 1, 1), ("01", 1, 3), ("1.", 1, 3),
      ("\"a", 1, 3),
      (#""\x""#, 1, 4), (#""\ud800""#, 1, 8), ("[1] 2", 1, 5), ("'a'", 1, 1), ("+1", 1, 1), ("\"\u{1}\"", 1, 2), ("NaN", 1, 1),
    ] as [(String, Int, Int)])
  func whatIsNoJSONIsRefusedAtItsPlace(text: String, line: Int, column: Int) {
    let error = #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(text) }
    #expect(error?.location == JSONLocation(line: line, column: column))
  }

  @Test func invalidUTF8IsRefused() {
    #expect(throws: JSONSyntaxError.self) { try JSONValue.parse([UInt8(ascii: "\""), 0xFF, UInt8(ascii: "\"")]) }
    #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(Array("\"\\n".utf8) + [0xC3, UInt8(ascii: "\"")]) }
  }

  @Test func nestingIsBounded() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONSyntaxError.self) { try JSONValue.parse(deep) }
    let fine = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
    #expect(throws: Never.self) { try JSONValue.parse(fine) }
  }

  @Test func theLastOfARepeatedNameCounts() throws {
    let value = try JSONValue.parse(#"{"a":1,"a":2}"#)
    #expect(value["a"] == 2)
  }

  @Test func prettyIsElasticsearchs() throws {
    let value = try JSONValue.parse(#"{"a":[1,{}],"b":[]}"#)
    #expect(value.text(.pretty) == "{\n  \"a\" : [\n    1,\n    { }\n  ],\n  \"b\" : [ ]\n}")
  }

  @Test func whatJSONCannotHoldIsNull() {
    #expect(JSONValue.array([.double(.nan), .double(.infinity)]).text() == "[null,null]")
  }
}
