/// A length of time as the APIs write it: a whole number with a unit, `nanos` `micros` `ms` `s` `m` `h` `d`.
public struct TimeValue: Sendable, Hashable, Comparable {
  public var nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
  public static func milliseconds(_ count: Int64) -> TimeValue { TimeValue(nanoseconds: saturating(count, 1_000_000)) }
  public static func seconds(_ count: Int64) -> TimeValue { TimeValue(nanoseconds: saturating(count, 1_000_000_000)) }
  public static func minutes(_ count: Int64) -> TimeValue { .seconds(saturating(count, 60)) }
  public static func hours(_ count: Int64) -> TimeValue { .seconds(saturating(count, 3_600)) }
  public static func days(_ count: Int64) -> TimeValue { .seconds(saturating(count, 86_400)) }
  public static let zero = TimeValue(nanoseconds: 0)

  /// Whole milliseconds, rounded down.
  public var milliseconds: Int64 { nanoseconds / 1_000_000 }

  public static func < (left: TimeValue, right: TimeValue) -> Bool { left.nanoseconds < right.nanoseconds }

  private static func saturating(_ count: Int64, _ unit: Int64) -> Int64 {
    let (product, overflow) = count.multipliedReportingOverflow(by: unit)
    return overflow ? (count < 0 ? .min : .max) : product
  }

  private static let units: [(suffix: String, nanoseconds: Int64)] = [
    ("nanos", 1), ("micros", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
  ]

  /// Reads a time value the way Elasticsearch does: units without case except that `m` must be lowercase, blanks around trimmed, no fractions,
  /// a unit required but for `0` and `-1`.
  ///
  /// - Parameter setting: the parameter's name, for the error.
  public init(parsing text: String, setting: String) throws(APIError) {
    let trimmed = text.trimmed()
    let lower = trimmed.lowercased()
    guard let unit = Self.units.first(where: { lower.hasSuffix($0.suffix) }), unit.suffix != "m" || trimmed.hasSuffix("m") else {
      if trimmed == "0" || trimmed == "-1" {
        self = trimmed == "0" ? .zero : TimeValue(nanoseconds: -1)
        return
      }
      throw .illegalArgument(
        "failed to parse setting [\(setting)] with value [\(text)] as a time value: unit is missing or unrecognized")
    }
    let digits = String(lower.dropLast(unit.suffix.count)).trimmed()
    guard let count = Int64(digits) else {
      if Double(digits) != nil { throw .illegalArgument("failed to parse [\(text)], fractional time values are not supported") }
      throw .illegalArgument("failed to parse [\(text)]")
    }
    guard count >= -1 else {
      throw .illegalArgument(
        "failed to parse setting [\(setting)] with value [\(text)] as a time value: negative durations are not supported")
    }
    nanoseconds = Self.saturating(count, unit.nanoseconds)
  }

  /// The shortest exact spelling, such as `5d` or `1500ms`.
  public var text: String {
    guard nanoseconds != 0 else { return "0s" }
    for unit in Self.units.reversed() where nanoseconds % unit.nanoseconds == 0 { return "\(nanoseconds / unit.nanoseconds)\(unit.suffix)" }
    return "\(nanoseconds)nanos"
  }
}

extension StringProtocol {
  /// Without the blanks at both ends.
  func trimmed() -> String {
    let head = drop { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
    guard let last = head.lastIndex(where: { $0 != " " && $0 != "\t" && $0 != "\n" && $0 != "\r" }) else { return "" }
    return String(head[...last])
  }
}
