import Meanwhile
import MeanwhileData

extension ScalarFunction {
  /// `TRANGE(span)`, `TRANGE(from, to)`: whether `@timestamp`, which the analysis of a query puts in front, lies in a range.
  static let timeRange = ScalarFunction(
    name: "trange",
    documentation: FunctionDocumentation(
      category: .date, syntax: "TRANGE(start, [end])",
      summary: "Whether `@timestamp` lies within a span of time before now, or between two moments.",
      examples: [.init("ROW `@timestamp` = TO_DATETIME(\"2020-01-01\") | EVAL x = TRANGE(1 hour) | KEEP x", "false")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("trange", 2...3)
    try arguments.expect(0, .date)
    let isNanos = arguments[0].type == .dateNanos
    for index in arguments.indices.dropFirst() { try arguments.expectConstant(index) }
    let bounds = arguments.dropFirst().map { argument in Bound(argument) }
    if let wrong = bounds.firstIndex(of: nil) {
      throw .argument(
        wrong + 1, arguments[wrong + 1], mustBe: ["date_period", "time_duration", "datetime", "date_nanos", "long", "string"])
    }
    return Resolution(
      type: .boolean,
      kernel: .eager { columns, frame in
        let now = frame.settings.now.milliseconds
        let from = bounds[0]?.millis(before: now) ?? .min
        let to = bounds.count > 1 ? bounds[1]?.millis(before: now) ?? .max : now
        return frame.map(frame.cells(columns[0], of: Int64.self), type: .boolean) { (value: Int64) -> UInt8 in
          let millis = isNanos ? value.floorDivided(by: 1_000_000) : value
          return millis > from && millis <= to ? 1 : 0
        }
      })
  }

  private enum Bound: Sendable, Equatable {
    case moment(Int64)
    case period(DatePeriod)
    case duration(Int64)

    init?(_ argument: Argument) {
      switch (argument.type, argument.constant) {
      case (.datePeriod, .long(let value)?): self = .period(DatePeriod(encoded: value))
      case (.timeDuration, .long(let value)?): self = .duration(value)
      case (.date, .long(let value)?), (.long, .long(let value)?), (.integer, .long(let value)?): self = .moment(value)
      case (.dateNanos, .long(let value)?): self = .moment(value.floorDivided(by: 1_000_000))
      case (.keyword, .bytes(let bytes)?):
        guard let millis = ISODate.parseMillis(String(decoding: bytes, as: UTF8.self)) else { return nil }
        self = .moment(millis)
      default: return nil
      }
    }

    func millis(before now: Int64) -> Int64 {
      switch self {
      case .moment(let millis): return millis
      case .duration(let length): return now.subtractingReportingOverflow(length).partialValue
      case .period(let period):
        let months = now.adding(months: -Int(period.months)) ?? .min
        return months.adding(days: -Int(period.days)) ?? .min
      }
    }
  }
}
