/// Dates as Elasticsearch reads and writes them by default: `strict_date_optional_time||epoch_millis` in, `2020-02-29T12:30:30.500Z` out.
///
/// The calls on buffers are for row loops and allocate nothing; those on strings are for the control plane.
public enum ISODate {
  /// Reads `strict_date_optional_time`: a year of four digits, then optionally `-MM`, `-dd`, `THH`, `:mm`, `:ss`, a fraction of one to nine digits behind
  /// a point or a comma, and an offset or a zone's id.
  ///
  /// - Parameters:
  ///   - utf8: the whole text; nothing may stand before or behind the date.
  ///   - zone: for texts that name none; nil is UTC.
  ///   - roundingUp: take the last moment that the text covers instead of the first.
  /// - Returns: nil where the text is no such date.
  public static func parse(_ utf8: UnsafeBufferPointer<UInt8>, in zone: TimeZoneRules? = nil, roundingUp: Bool = false) -> EpochTime? {
    var scanner = DateScanner(utf8)
    var fields = DateFields()
    guard readDate(&scanner, into: &fields), readTime(&scanner, into: &fields), scanner.isAtEnd else { return nil }
    return fields.resolved(in: zone, roundingUp: roundingUp)
  }

  /// Reads `strict_date_optional_time||epoch_millis` as a `date`: milliseconds since the epoch. An all-digit text of four digits is a year.
  public static func parseMillis(_ utf8: UnsafeBufferPointer<UInt8>, in zone: TimeZoneRules? = nil, roundingUp: Bool = false) -> Int64? {
    if let time = parse(utf8, in: zone, roundingUp: roundingUp) { return time.millis }
    return parseEpochMillis(utf8)?.millis
  }

  /// Reads `strict_date_optional_time||epoch_millis` as a `date_nanos`: nanoseconds since the epoch.
  ///
  /// - Returns: nil also for a date before 1970 or after 2262-04-11, which a `date_nanos` cannot hold.
  public static func parseNanos(_ utf8: UnsafeBufferPointer<UInt8>, in zone: TimeZoneRules? = nil, roundingUp: Bool = false) -> Int64? {
    let time = parse(utf8, in: zone, roundingUp: roundingUp) ?? parseEpochMillis(utf8)
    guard let nanos = time?.nanosSinceEpoch, nanos >= 0 else { return nil }
    return nanos
  }

  /// Reads `epoch_millis`: a whole number, with up to six digits behind a point.
  public static func parseEpochMillis(_ utf8: UnsafeBufferPointer<UInt8>) -> EpochTime? {
    guard let (whole, nanos) = parseDecimal(utf8, fractionDigitsMax: 6) else { return nil }
    var time = EpochTime(millis: whole)
    time.nanos += Int32(nanos / 1_000)
    return time
  }

  /// Reads `epoch_second`: a whole number, with up to nine digits behind a point.
  public static func parseEpochSecond(_ utf8: UnsafeBufferPointer<UInt8>) -> EpochTime? {
    guard let (whole, nanos) = parseDecimal(utf8, fractionDigitsMax: 9) else { return nil }
    return EpochTime(seconds: whole, nanos: Int32(nanos))
  }

  public static func parseMillis(_ text: String, in zone: TimeZoneRules? = nil, roundingUp: Bool = false) -> Int64? {
    var text = text
    return text.withUTF8 { parseMillis($0, in: zone, roundingUp: roundingUp) }
  }

  public static func parseNanos(_ text: String, in zone: TimeZoneRules? = nil, roundingUp: Bool = false) -> Int64? {
    var text = text
    return text.withUTF8 { parseNanos($0, in: zone, roundingUp: roundingUp) }
  }

  // MARK: Reading

  private static func readDate(_ scanner: inout DateScanner, into fields: inout DateFields) -> Bool {
    let isSigned = scanner.peek() == UInt8(ascii: "-") || scanner.peek() == UInt8(ascii: "+")
    let isNegative = scanner.peek() == UInt8(ascii: "-")
    if isSigned { scanner.at += 1 }
    // More than four digits need a sign, so that `1577836800000` is left to epoch_millis.
    let width = isSigned ? scanner.digitCount(upTo: 9) : 4
    guard width >= 4, let year = scanner.digits(width) else { return false }
    fields.year = isNegative ? -year : year
    guard scanner.skip(UInt8(ascii: "-")) else { return true }
    guard let month = scanner.digits(2) else { return false }
    fields.month = month
    guard scanner.skip(UInt8(ascii: "-")) else { return true }
    guard let day = scanner.digits(2) else { return false }
    fields.day = .ofMonth(day)
    return true
  }

  private static func readTime(_ scanner: inout DateScanner, into fields: inout DateFields) -> Bool {
    guard scanner.skip(UInt8(ascii: "T")), !scanner.isAtEnd else { return true }
    guard let hour = scanner.digits(2) else { return false }
    fields.hour = hour
    if scanner.skip(UInt8(ascii: ":")) {
      guard let minute = scanner.digits(2) else { return false }
      fields.minute = minute
      if scanner.skip(UInt8(ascii: ":")) {
        guard let second = scanner.digits(2) else { return false }
        fields.second = second
        if scanner.skip(UInt8(ascii: ".")) || scanner.skip(UInt8(ascii: ",")) {
          guard let nanos = scanner.fraction(min: 1, max: 9) else { return false }
          fields.nanos = nanos
        }
      }
    }
    guard let byte = scanner.peek() else { return true }
    if byte == UInt8(ascii: "Z") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") {
      guard let offset = scanner.offset() else { return false }
      fields.offsetSeconds = offset
      return true
    }
    guard let zone = scanner.zone() else { return false }
    fields.zone = zone
    return true
  }

  private static func parseDecimal(_ utf8: UnsafeBufferPointer<UInt8>, fractionDigitsMax: Int) -> (whole: Int64, nanos: Int)? {
    let pointAt = utf8.firstIndex(of: UInt8(ascii: ".")) ?? utf8.count
    guard let whole = NumberText.parseInt64(UnsafeBufferPointer(rebasing: utf8[..<pointAt])) else { return nil }
    guard pointAt < utf8.count else { return (whole, 0) }
    var scanner = DateScanner(utf8)
    scanner.at = pointAt + 1
    guard let nanos = scanner.fraction(min: 1, max: fractionDigitsMax), scanner.isAtEnd else { return nil }
    guard utf8[0] == UInt8(ascii: "-"), nanos > 0 else { return (whole, nanos) }
    // -1.25 is 0.75 forward from -2.
    return whole == .min ? nil : (whole - 1, 1_000_000_000 - nanos)
  }
}
