/// Finding text in text, over UTF-8. Without regard to case, ASCII letters are compared folded; text that is not ASCII is folded beforehand by ``Folding``.
enum TextSearch {
  typealias Bytes = UnsafeBufferPointer<UInt8>

  @inline(__always)
  static func fold(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }

  /// Whether a part stands at an offset.
  static func matches(_ part: Bytes, in source: Bytes, at offset: Int, isInsensitive: Bool) -> Bool {
    guard offset >= 0, part.count <= source.count - offset else { return false }
    if isInsensitive {
      for index in 0..<part.count where fold(source[offset + index]) != fold(part[index]) { return false }
    } else {
      for index in 0..<part.count where source[offset + index] != part[index] { return false }
    }
    return true
  }

  /// The first offset at or behind another where a part stands.
  static func first(_ part: Bytes, in source: Bytes, from start: Int, isInsensitive: Bool) -> Int? {
    guard part.count <= source.count, start <= source.count - part.count else { return nil }
    for offset in max(0, start)...(source.count - part.count)
    where matches(part, in: source, at: offset, isInsensitive: isInsensitive) { return offset }
    return nil
  }

  /// The last offset at or behind another where a part stands.
  static func last(_ part: Bytes, in source: Bytes, from start: Int, isInsensitive: Bool) -> Int? {
    guard part.count <= source.count, start <= source.count - part.count else { return nil }
    for offset in (max(0, start)...(source.count - part.count)).reversed()
    where matches(part, in: source, at: offset, isInsensitive: isInsensitive) { return offset }
    return nil
  }

  static func scalarCount(_ bytes: Bytes) -> Int {
    var count = 0
    for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
    return count
  }

  /// The byte at which a scalar begins; the end for one that is not there.
  static func offset(ofScalar index: Int, in bytes: Bytes) -> Int {
    var seen = 0
    for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
      if seen == index { return offset }
      seen += 1
    }
    return bytes.count
  }
}

/// Folding of case beyond ASCII.
enum Folding {
  /// Hands on two texts, in lower case where case does not count and one of them is not ASCII.
  static func pair<Result>(
    _ left: TextSearch.Bytes, _ right: TextSearch.Bytes, isInsensitive: Bool, _ body: (TextSearch.Bytes, TextSearch.Bytes) -> Result
  ) -> Result {
    guard isInsensitive, !isASCII(left) || !isASCII(right) else { return body(left, right) }
    return lowered(left).withUnsafeBufferPointer { left in
      lowered(right).withUnsafeBufferPointer { right in body(left, right) }
    }
  }

  static func isASCII(_ bytes: TextSearch.Bytes) -> Bool {
    for byte in bytes where byte >= 0x80 { return false }
    return true
  }

  private static func lowered(_ bytes: TextSearch.Bytes) -> [UInt8] {
    Array(String(decoding: bytes, as: UTF8.self).lowercased().utf8)
  }
}

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
