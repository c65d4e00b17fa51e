/// Writes the numbers and runs of bytes of a file format, little-endian.
struct ByteWriter: Sendable {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func int(_ value: UInt32) { append(value.littleEndian) }

  mutating func long(_ value: Int64) { append(value.littleEndian) }

  mutating func unsignedLong(_ value: UInt64) { append(value.littleEndian) }

  mutating func double(_ value: Double) { unsignedLong(value.bitPattern) }

  /// A length of four bytes, and the bytes.
  mutating func run(_ run: UnsafeBufferPointer<UInt8>) {
    int(UInt32(truncatingIfNeeded: run.count))
    bytes.append(contentsOf: run)
  }

  mutating func text(_ text: String) {
    var text = text
    text.withUTF8 { run($0) }
  }

  private mutating func append<Number: FixedWidthInteger>(_ value: Number) {
    withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
  }
}

/// Reads what ``ByteWriter`` writes, and trusts no length.
struct ByteReader: Sendable {
  private let bytes: ArraySlice<UInt8>
  private var at: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    at = bytes.startIndex
  }

  var isAtEnd: Bool { at == bytes.endIndex }

  mutating func byte() throws(CorruptData) -> UInt8 {
    guard at < bytes.endIndex else { throw truncated() }
    defer { at += 1 }
    return bytes[at]
  }

  mutating func int() throws(CorruptData) -> UInt32 { try number() }

  mutating func long() throws(CorruptData) -> Int64 { try number() }

  mutating func unsignedLong() throws(CorruptData) -> UInt64 { try number() }

  mutating func double() throws(CorruptData) -> Double { Double(bitPattern: try number()) }

  /// A length of four bytes, and so many bytes.
  mutating func run() throws(CorruptData) -> ArraySlice<UInt8> {
    let length = Int(try int())
    guard length <= bytes.endIndex - at else { throw truncated() }
    defer { at += length }
    return bytes[at..<at + length]
  }

  mutating func text() throws(CorruptData) -> String {
    guard let text = String(validating: try run(), as: UTF8.self) else {
      throw CorruptData("a text is not UTF-8", offset: at - bytes.startIndex)
    }
    return text
  }

  private mutating func number<Number: FixedWidthInteger>() throws(CorruptData) -> Number {
    let size = MemoryLayout<Number>.size
    guard size <= bytes.endIndex - at else { throw truncated() }
    var value: Number = 0
    for index in (at..<at + size).reversed() { value = value << 8 | Number(truncatingIfNeeded: bytes[index]) }
    at += size
    return value
  }

  private func truncated() -> CorruptData { CorruptData("unexpected end of data", offset: at - bytes.startIndex) }
}
