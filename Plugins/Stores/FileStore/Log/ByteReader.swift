/// Reads what ``ByteWriter`` wrote, trusting nothing.
struct ByteReader {
  /// The bytes end too early, or are no such thing.
  struct Malformed: Error {}

  private let bytes: ArraySlice<UInt8>
  private var at: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    at = bytes.startIndex
  }

  init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  var isAtEnd: Bool { at == bytes.endIndex }

  mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(Malformed) -> Number {
    let size = MemoryLayout<Number>.size
    guard bytes.endIndex - at >= size else { throw Malformed() }
    var number: Number = 0
    for index in 0..<size { number |= Number(truncatingIfNeeded: UInt64(bytes[at + index])) << Number(index * 8) }
    at += size
    return number
  }

  mutating func varint() throws(Malformed) -> UInt64 {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while at < bytes.endIndex, shift < 64 {
      let byte = bytes[at]
      at += 1
      number |= UInt64(byte & 0x7F) << shift
      guard byte & 0x80 != 0 else { return number }
      shift += 7
    }
    throw Malformed()
  }

  mutating func prefixed() throws(Malformed) -> ArraySlice<UInt8> {
    let length = try varint()
    guard length <= UInt64(bytes.endIndex - at) else { throw Malformed() }
    defer { at += Int(length) }
    return bytes[at..<at + Int(length)]
  }

  /// All that is left.
  mutating func rest() -> ArraySlice<UInt8> {
    defer { at = bytes.endIndex }
    return bytes[at...]
  }

  mutating func text() throws(Malformed) -> String {
    guard let text = String(validating: try prefixed(), as: UTF8.self) else { throw Malformed() }
    return text
  }
}
