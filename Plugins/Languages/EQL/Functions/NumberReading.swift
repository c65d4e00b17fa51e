/// Reading numbers from text.
enum NumberReading {
  /// - Parameter base: 2 to 36; nil: 10, or 16 behind `0x`.
  static func number(_ text: String, base: Int?) -> Double? {
    let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
    if isHexadecimal, base == nil || base == 16 { return whole(String(text.dropFirst(2)), base: 16) }
    guard let base, base != 10 else {
      guard let value = Double(text), value.isFinite, !isHexadecimal else { return nil }
      return value
    }
    return whole(text, base: base)
  }

  private static func whole(_ digits: String, base: Int) -> Double? {
    guard (2...36).contains(base), let value = Int64(digits, radix: base) else { return nil }
    return Double(value)
  }
}
