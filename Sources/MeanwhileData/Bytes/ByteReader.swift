/// Reads what ``ByteWriter`` writes, and trusts no length.
package struct ByteReader: Sendable {
  @usableFromInline let bytes: ArraySlice<UInt8>
  @usableFromInline var at: Int

  package init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    at = bytes.startIndex
  }

  package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  package var isAtEnd: Bool { at == bytes.endIndex }

  /// Bytes that are left.
  package var count: Int { bytes.endIndex - at }

  @inlinable
  package mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(CorruptData) -> Number {
    let size = MemoryLayout<Number>.size
    guard size <= bytes.endIndex - at else { throw truncated() }
    var number: Number = 0
    for index in (at..<at + size).reversed() { number = number << 8 | Number(truncatingIfNeeded: bytes[index]) }
    at += size
    return number
  }

  package mutating func double() throws(CorruptData) -> Double { Double(bitPattern: try number()) }

  package mutating func varint() throws(CorruptData) -> UInt64 {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while at < bytes.endIndex, shift < 64 {
      let byte = bytes[at]
      at += 1
      number |= UInt64(byte & 0x7F) << shift
      guard byte & 0x80 != 0 else { return number }
      shift += 7
    }
    throw truncated()
  }

  /// So many bytes.
  package mutating func run(ofCount count: UInt64) throws(CorruptData) -> ArraySlice<UInt8> {
    guard count <= UInt64(bytes.endIndex - at) else { throw truncated() }
    defer { at += Int(count) }
    return bytes[at..<at + Int(count)]
  }

  package mutating func prefixed() throws(CorruptData) -> ArraySlice<UInt8> { try run(ofCount: try varint()) }

  @inlinable
  package mutating func prefixed<Length: FixedWidthInteger & UnsignedInteger>(length: Length.Type) throws(CorruptData) -> ArraySlice<UInt8>
  {
    try run(ofCount: UInt64(try number(length)))
  }

  /// All that is left.
  package mutating func rest() -> ArraySlice<UInt8> {
    defer { at = bytes.endIndex }
    return bytes[at...]
  }

  package mutating func text() throws(CorruptData) -> String { try text(of: try prefixed()) }

  @inlinable
  package mutating func text<Length: FixedWidthInteger & UnsignedInteger>(length: Length.Type) throws(CorruptData) -> String {
    try text(of: try prefixed(length: length))
  }

  @usableFromInline
  func text(of run: ArraySlice<UInt8>) throws(CorruptData) -> String {
    guard let text = String(validating: run, as: UTF8.self) else {
      throw CorruptData("a text is not UTF-8", offset: run.startIndex - bytes.startIndex)
    }
    return text
  }

  @usableFromInline
  func truncated() -> CorruptData { CorruptData("unexpected end of data", offset: at - bytes.startIndex) }
}
