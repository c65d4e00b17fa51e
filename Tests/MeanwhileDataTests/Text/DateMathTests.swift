import MeanwhileData
import Testing

@Suite struct DateMathTests {
  /// 2020-05-17T13:47:12.345Z, a Sunday.
  static let math = DateMath(nowMillis: 1_589_723_232_345)

  @Test(arguments: [
    ("now", false, "2020-05-17T13:47:12.345Z"), ("now-1d/d", false, "2020-05-16T00:00:00.000Z"),
    ("now/d", true, "2020-05-17T23:59:59.999Z"),
    ("now+1M-1h", false, "2020-06-17T12:47:12.345Z"), ("now/w", false, "2020-05-11T00:00:00.000Z"),
    ("now-1y/y", true, "2019-12-31T23:59:59.999Z"),
    ("2020-01-31||+1M", false, "2020-02-29T00:00:00.000Z"), ("2020-01||/M", true, "2020-01-31T23:59:59.999Z"),
    ("2020-01", true, "2020-01-31T23:59:59.999Z"), ("1589723232345", false, "2020-05-17T13:47:12.345Z"),
  ])
  func computes(text: String, roundingUp: Bool, expected: String) throws {
    #expect(try Self.math.evaluate(text, roundingUp: roundingUp).millis.map { ISODate.text(millis: $0) } == expected)
  }

  @Test(arguments: [
    ("yesterday", "failed to parse date field [yesterday] with format [strict_date_optional_time||epoch_millis]"),
    ("now-1x", "unit [x] not supported for date math [-1x]"), ("now*2d", "operator not supported for date math [*2d]"),
    ("now-1", "truncated date math [-1]"), ("now+999999999y", "date [now+999999999y] is out of range"),
  ])
  func saysWhatIsWrong(text: String, reason: String) {
    #expect(throws: DateMath.Failure(reason: reason)) { try Self.math.evaluate(text) }
  }
}
