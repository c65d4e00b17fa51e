/// Characters of UTF-8 text are code points here, as Elasticsearch counts them.
extension UnsafeBufferPointer<UInt8> {
  var codePointCount: Int {
    var count = 0
    for byte in self where byte & 0xC0 != 0x80 { count &+= 1 }
    return count
  }

  /// The byte at which a code point begins; the end where there are fewer.
  func byteOffset(ofCodePoint index: Int) -> Int {
    guard index > 0 else { return 0 }
    var seen = -1
    for offset in indices where self[offset] & 0xC0 != 0x80 {
      seen &+= 1
      if seen == index { return offset }
    }
    return count
  }

  /// The first place of another text at or after a byte; nil where there is none.
  func firstOffset(of needle: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Int? {
    guard start <= count else { return nil }
    guard needle.count > 0 else { return start }
    var offset = start
    while offset + needle.count <= count {
      if self[offset] == needle[0], compareBytes(part(offset, needle.count), needle) == 0 { return offset }
      offset += 1
    }
    return nil
  }

  /// - Precondition: the range is inside.
  func part(_ start: Int, _ length: Int) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: self[start..<start + length]) }

  func hasPrefix(_ prefix: UnsafeBufferPointer<UInt8>) -> Bool { count >= prefix.count && compareBytes(part(0, prefix.count), prefix) == 0 }

  func hasSuffix(_ suffix: UnsafeBufferPointer<UInt8>) -> Bool {
    count >= suffix.count && compareBytes(part(count - suffix.count, suffix.count), suffix) == 0
  }
}
