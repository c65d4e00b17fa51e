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
