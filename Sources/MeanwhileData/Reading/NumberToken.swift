/// A JSON number as it was written, with its value where it is a whole number of 64 bits.
struct NumberToken {
  enum Kind {
    /// No fraction, no exponent, fits in `Int64`; see ``NumberToken/integer``.
    case integer
    /// No fraction, no exponent, does not fit.
    case large
    case fraction
  }

  var kind: Kind
  var integer: Int64
  /// The number's own bytes.
  var text: UnsafeBufferPointer<UInt8>

  /// The nearest double; infinite where the number is beyond all doubles.
  var double: Double {
    if kind == .integer { return Double(integer) }
    return Self.double(of: text)
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// A significand up to 2^53 times or by a power of ten up to 10^22 is exact in one rounding (Clinger's fast path); all else goes to the library.
  private static func double(of text: UnsafeBufferPointer<UInt8>) -> Double {
    var significand: UInt64 = 0
    var digits = 0
    var scale = 0
    var seenPoint = false
    for index in (text.first == UInt8(ascii: "-") ? 1 : 0)..<text.count {
      let byte = text[index]
      if byte == UInt8(ascii: ".") {
        seenPoint = true
        continue
      }
      guard byte &- 0x30 < 10, digits < 18 else { return slowDouble(of: text) }
      significand = significand * 10 + UInt64(byte &- 0x30)
      if significand > 0 { digits += 1 }
      if seenPoint { scale += 1 }
    }
    guard significand <= 1 << 53, scale <= 22 else { return slowDouble(of: text) }
    let magnitude = Double(significand) / powersOfTen[scale]
    return text.first == UInt8(ascii: "-") ? -magnitude : magnitude
  }

  private static func slowDouble(of text: UnsafeBufferPointer<UInt8>) -> Double {
    Double(String(decoding: text, as: UTF8.self)) ?? .nan
  }
}
