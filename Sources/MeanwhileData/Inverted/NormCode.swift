/// The length of a text in one byte, as Lucene keeps it: exact up to 40 terms, then with four significant bits.
public enum NormCode {
  /// Lengths below this have a code each.
  private static let exactCount = 24

  public static func encode(_ length: Int) -> UInt8 {
    guard length >= exactCount else { return UInt8(truncatingIfNeeded: max(0, length)) }
    let rest = min(length, Int(Int32.max)) - exactCount
    let bits = Int.bitWidth - rest.leadingZeroBitCount
    guard bits >= 4 else { return UInt8(truncatingIfNeeded: exactCount + rest) }
    let shift = bits - 4
    return UInt8(truncatingIfNeeded: exactCount + (rest >> shift & 7 | (shift + 1) << 3))
  }

  public static func decode(_ code: UInt8) -> Int {
    guard code >= UInt8(exactCount) else { return Int(code) }
    let rest = Int(code) - exactCount
    let shift = (rest >> 3) - 1
    return exactCount + (shift < 0 ? rest & 7 : (rest & 7 | 8) << shift)
  }
}
