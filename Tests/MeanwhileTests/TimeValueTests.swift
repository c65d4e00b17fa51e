import Meanwhile
import Testing

struct TimeValueTests {
  @Test(
    arguments: [
      ("1s", .seconds(1)), ("5d", .days(5)), ("100ms", .milliseconds(100)), (" 2m ", .minutes(2)), ("1H", .hours(1)), ("0", .zero),
      ("-1", TimeValue(nanoseconds: -1)), ("7nanos", TimeValue(nanoseconds: 7)), ("7micros", TimeValue(nanoseconds: 7_000)),
      ("9223372036854775807d", TimeValue(nanoseconds: .max)),
    ] as [(String, TimeValue)])
  func isRead(text: String, value: TimeValue) throws {
    #expect(try TimeValue(parsing: text, setting: "x") == value)
  }

  @Test(
    arguments: [
      ("5", "failed to parse setting [keep_alive] with value [5] as a time value: unit is missing or unrecognized"),
      ("", "failed to parse setting [keep_alive] with value [] as a time value: unit is missing or unrecognized"),
      ("1M", "failed to parse setting [keep_alive] with value [1M] as a time value: unit is missing or unrecognized"),
      ("1.5s", "failed to parse [1.5s], fractional time values are not supported"),
      ("abcs", "failed to parse [abcs]"),
      ("-5s", "failed to parse setting [keep_alive] with value [-5s] as a time value: negative durations are not supported"),
    ])
  func orRefused(text: String, reason: String) {
    let error = #expect(throws: APIError.self) { try TimeValue(parsing: text, setting: "keep_alive") }
    #expect(error?.reason == reason)
  }

  @Test(arguments: ["5d", "1500ms", "1m", "0s", "7nanos", "36h"])
  func isSpelledShortest(text: String) throws {
    #expect(try TimeValue(parsing: text, setting: "x").text == text)
  }
}
