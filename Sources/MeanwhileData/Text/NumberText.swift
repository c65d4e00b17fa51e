import Meanwhile

/// Numbers from and to text, byte by byte: strict on the way in, Java's spelling on the way out.
public enum NumberText {
  /// A whole number: digits with an optional sign, nothing else. Nil where it is none or does not fit.
  public static func parseInt64(_ utf8: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard let (magnitude, isNegative) = parseMagnitude(utf8) else { return nil }
    if isNegative { return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
    return Int64(exactly: magnitude)
  }

  /// A whole number of 0 ... 2^64 - 1.
  public static func parseUInt64(_ utf8: UnsafeBufferPointer<UInt8>) -> UInt64? {
    guard let (magnitude, isNegative) = parseMagnitude(utf8), !isNegative || magnitude == 0 else { return nil }
    return magnitude
  }

  /// A decimal number as Java's `Double.parseDouble` takes it, but for hexadecimal forms and type suffixes; `NaN` and `Infinity` included.
  /// A finite text too large for a double is nil.
  public static func parseDouble(_ utf8: UnsafeBufferPointer<UInt8>) -> Double? {
    if let fast = parseShortDecimal(utf8) { return fast }
    return parseLongDecimal(utf8)
  }

  public static func parseInt64(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { parseInt64($0) }
  }

  public static func parseUInt64(_ text: String) -> UInt64? {
    var text = text
    return text.withUTF8 { parseUInt64($0) }
  }

  public static func parseDouble(_ text: String) -> Double? {
    var text = text
    return text.withUTF8 { parseDouble($0) }
  }

  // MARK: Writing

  public static func append(_ value: Int64, to out: VectorBuilder<UInt8>) {
    if value < 0 { out.append(UInt8(ascii: "-")) }
    append(value.magnitude, to: out)
  }

  public static func append(_ value: UInt64, to out: VectorBuilder<UInt8>) {
    ISODate.appendDigits(UInt(value), width: 1, to: out)
  }

  /// Appends a double as Java's `Double.toString` spells it: `9.1`, `40.0`, `1.0E10`, `NaN`, `-Infinity`.
  ///
  /// Numbers of few digits, which most are, are spelled here; the very large and small go through ``JSONText/javaSpelling(of:)``.
  public static func append(_ value: Double, to out: VectorBuilder<UInt8>) {
    let magnitude = value.magnitude
    guard magnitude >= 1e-3 && magnitude < 1e7 else {
      var text = JSONText.javaSpelling(of: value)
      text.withUTF8 { out.append(contentsOf: $0) }
      return
    }
    // A decimal of at most 15 significant digits that gives the value back is its shortest spelling.
    var scale = 1.0
    for digits in 0...6 {
      let scaled = (magnitude * scale).rounded()
      if scaled / scale == magnitude {
        if value < 0 { out.append(UInt8(ascii: "-")) }
        let whole = UInt(scaled)
        let unit = UInt(scale)
        ISODate.appendDigits(whole / unit, width: 1, to: out)
        out.append(UInt8(ascii: "."))
        ISODate.appendDigits(whole % unit, width: max(1, digits), to: out)
        return
      }
      scale *= 10
    }
    // Of this size, Swift spells numbers as Java does.
    var text = value.description
    text.withUTF8 { out.append(contentsOf: $0) }
  }

  // MARK: Reading

  private static func parseMagnitude(_ utf8: UnsafeBufferPointer<UInt8>) -> (magnitude: UInt64, isNegative: Bool)? {
    guard let first = utf8.first else { return nil }
    let isSigned = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
    guard utf8.count > (isSigned ? 1 : 0) else { return nil }
    var magnitude: UInt64 = 0
    for index in (isSigned ? 1 : 0)..<utf8.count {
      let digit = utf8[index] &- 0x30
      guard digit < 10 else { return nil }
      let (product, tooLarge) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      if tooLarge || carry { return nil }
      magnitude = sum
    }
    return (magnitude, first == UInt8(ascii: "-"))
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// Digits and a point that make an integer below 2^53 over a power of ten a double holds exactly: one division rounds once, so the result
  /// is right (Clinger, "How to read floating point numbers accurately").
  private static func parseShortDecimal(_ utf8: UnsafeBufferPointer<UInt8>) -> Double? {
    guard utf8.count <= 17, let first = utf8.first else { return nil }
    let isNegative = first == UInt8(ascii: "-")
    var mantissa: UInt64 = 0
    var digitCount = 0
    var fractionDigits = -1
    for index in (isNegative ? 1 : 0)..<utf8.count {
      let byte = utf8[index]
      if byte == UInt8(ascii: "."), fractionDigits < 0 {
        fractionDigits = 0
        continue
      }
      let digit = byte &- 0x30
      guard digit < 10 else { return nil }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      digitCount += 1
      if fractionDigits >= 0 { fractionDigits += 1 }
    }
    guard digitCount > 0, mantissa < 1 << 53 else { return nil }
    let magnitude = Double(mantissa) / powersOfTen[max(0, fractionDigits)]
    return isNegative ? -magnitude : magnitude
  }

  private static func parseLongDecimal(_ utf8: UnsafeBufferPointer<UInt8>) -> Double? {
    let text = String(decoding: utf8, as: UTF8.self)
    switch text {
    case "NaN": return .nan
    case "Infinity", "+Infinity": return .infinity
    case "-Infinity": return -.infinity
    default: break
    }
    // Swift reads hexadecimal floats, `inf` and `nan` too; none of them is a number here.
    guard utf8.allSatisfy({ $0 &- 0x30 < 10 || ".+-eE".utf8.contains($0) }) else { return nil }
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }
}
