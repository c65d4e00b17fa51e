/// Checks of UTF-8 bytes (RFC 3629).
enum UTF8Text {
  /// Whether bytes are well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
  static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var at = 0
    let end = text.count
    while at < end {
      let byte = text[at]
      if byte < 0x80 {
        at += 1
        continue
      }
      let length: Int
      // The first continuation byte has narrower bounds behind these leading bytes.
      var low: UInt8 = 0x80
      var high: UInt8 = 0xBF
      switch byte {
      case 0xC2...0xDF: length = 2
      case 0xE0: (length, low) = (3, 0xA0)
      case 0xED: (length, high) = (3, 0x9F)
      case 0xE1...0xEF: length = 3
      case 0xF0: (length, low) = (4, 0x90)
      case 0xF1...0xF3: length = 4
      case 0xF4: (length, high) = (4, 0x8F)
      default: return false
      }
      guard at + length <= end, text[at + 1] >= low, text[at + 1] <= high else { return false }
      for index in at + 2..<max(at + 2, at + length) where text[index] & 0xC0 != 0x80 { return false }
      at += length
    }
    return true
  }

  /// How many UTF-16 code units the text takes: what Elasticsearch counts where a mapping speaks of characters.
  static func utf16Count(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in text {
      if byte & 0xC0 != 0x80 { count += 1 }
      if byte >= 0xF0 { count += 1 }
    }
    return count
  }
}
