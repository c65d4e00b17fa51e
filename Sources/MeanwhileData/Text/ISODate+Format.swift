extension ISODate {
  /// Appends a `date` the way responses print it: always three fraction digits, `2020-02-29T12:30:30.500Z`; in a zone, with its offset.
  ///
  /// - Parameter zone: nil is UTC.
  public static func append(millis: Int64, in zone: TimeZoneRules? = nil, to out: VectorBuilder<UInt8>) {
    append(EpochTime(millis: millis), fractionDigitsMin: 3, in: zone, to: out)
  }

  /// Appends a `date_nanos`: three fraction digits at least, and as many more as it takes, `2020-02-29T12:30:30.5008009Z`.
  public static func append(nanos: Int64, in zone: TimeZoneRules? = nil, to out: VectorBuilder<UInt8>) {
    append(EpochTime(nanosSinceEpoch: nanos), fractionDigitsMin: 3, in: zone, to: out)
  }

  public static func text(millis: Int64, in zone: TimeZoneRules? = nil) -> String {
    let out = VectorBuilder<UInt8>(capacity: 32)
    append(millis: millis, in: zone, to: out)
    return String(decoding: out.buffer, as: UTF8.self)
  }

  public static func text(nanos: Int64, in zone: TimeZoneRules? = nil) -> String {
    let out = VectorBuilder<UInt8>(capacity: 32)
    append(nanos: nanos, in: zone, to: out)
    return String(decoding: out.buffer, as: UTF8.self)
  }

  static func append(_ time: EpochTime, fractionDigitsMin: Int, in zone: TimeZoneRules?, to out: VectorBuilder<UInt8>) {
    let offset = zone?.offsetSeconds(at: time.seconds) ?? 0
    let local = time.seconds &+ Int64(offset)
    let days = local.floorDivided(by: 86_400)
    let second = Int(local &- days &* 86_400)
    let date = CivilDate(daysSinceEpoch: Int(days))
    appendYear(date.year, to: out)
    out.append(UInt8(ascii: "-"))
    appendTwoDigits(date.month, to: out)
    out.append(UInt8(ascii: "-"))
    appendTwoDigits(date.day, to: out)
    out.append(UInt8(ascii: "T"))
    appendTwoDigits(second / 3_600, to: out)
    out.append(UInt8(ascii: ":"))
    appendTwoDigits(second / 60 % 60, to: out)
    out.append(UInt8(ascii: ":"))
    appendTwoDigits(second % 60, to: out)
    appendFraction(Int(time.nanos), digitsMin: fractionDigitsMin, to: out)
    if offset == 0 { out.append(UInt8(ascii: "Z")) } else { appendOffset(offset, to: out) }
  }

  /// At least four digits; a sign before more of them, as Java's `EXCEEDS_PAD` has it.
  static func appendYear(_ year: Int, to out: VectorBuilder<UInt8>) {
    if year < 0 { out.append(UInt8(ascii: "-")) } else if year > 9_999 { out.append(UInt8(ascii: "+")) }
    appendDigits(year.magnitude, width: 4, to: out)
  }

  @inline(__always)
  static func appendTwoDigits(_ value: Int, to out: VectorBuilder<UInt8>) {
    out.append(UInt8(truncatingIfNeeded: 0x30 + value / 10))
    out.append(UInt8(truncatingIfNeeded: 0x30 + value % 10))
  }

  /// A number, padded with zeroes to a width.
  static func appendDigits(_ value: UInt, width: Int, to out: VectorBuilder<UInt8>) {
    var count = 1
    var rest = value / 10
    while rest > 0 {
      count += 1
      rest /= 10
    }
    if count < width { out.append(repeating: UInt8(ascii: "0"), count: width - count) }
    let start = out.count
    out.append(repeating: UInt8(ascii: "0"), count: count)
    rest = value
    var index = start + count
    while rest > 0 {
      index -= 1
      out[index] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
      rest /= 10
    }
  }

  private static func appendFraction(_ nanos: Int, digitsMin: Int, to out: VectorBuilder<UInt8>) {
    var rest = nanos
    var digits = 9
    while digits > digitsMin, rest % 10 == 0 {
      rest /= 10
      digits -= 1
    }
    guard digits > 0 else { return }
    out.append(UInt8(ascii: "."))
    appendDigits(UInt(rest), width: digits, to: out)
  }

  /// `+01:00`, with seconds only where there are some.
  static func appendOffset(_ seconds: Int, to out: VectorBuilder<UInt8>) {
    let magnitude = abs(seconds)
    out.append(seconds < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
    appendTwoDigits(magnitude / 3_600, to: out)
    out.append(UInt8(ascii: ":"))
    appendTwoDigits(magnitude / 60 % 60, to: out)
    guard magnitude % 60 != 0 else { return }
    out.append(UInt8(ascii: ":"))
    appendTwoDigits(magnitude % 60, to: out)
  }
}
