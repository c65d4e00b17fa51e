#if CLI
/// Percent-encoding (RFC 3986, section 2): what is not unreserved is encoded, but for what index expressions are written with.
enum PathSegment {
  static func encoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if isPlain(byte) {
        bytes.append(byte)
      } else {
        bytes.append(UInt8(ascii: "%"))
        bytes.append(hex[Int(byte >> 4)])
        bytes.append(hex[Int(byte & 15)])
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let hex: [UInt8] = Array("0123456789ABCDEF".utf8)
  private static let punctuation: Set<UInt8> = Set("-._~*,".utf8)

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: punctuation.contains(byte)
    }
  }
}
#endif
