/// Writes the numbers and runs of bytes of a file format, little-endian: what ``ByteReader`` reads.
///
/// A run has its length before it: in seven bits a byte where nothing else is said, or as a number of a width that the format gives.
package struct ByteWriter: Sendable {
  @usableFromInline var buffer: [UInt8] = []

  package init(capacity: Int = 256) { buffer.reserveCapacity(capacity) }

  package var bytes: [UInt8] { buffer }

  @inlinable
  package mutating func append<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.littleEndian) { buffer.append(contentsOf: $0) }
  }

  package mutating func append(_ number: Double) { append(number.bitPattern) }

  package mutating func append(contentsOf other: [UInt8]) { buffer.append(contentsOf: other) }

  package mutating func append(contentsOf other: UnsafeRawBufferPointer) { buffer.append(contentsOf: other) }

  /// Seven bits a byte, low ones first; the high bit says that more follow.
  package mutating func append(varint number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      buffer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    buffer.append(UInt8(rest))
  }

  @inlinable
  package mutating func append(prefixed run: some Collection<UInt8>) {
    append(varint: UInt64(run.count))
    buffer.append(contentsOf: run)
  }

  @inlinable
  package mutating func append<Length: FixedWidthInteger>(prefixed run: some Collection<UInt8>, length: Length.Type) {
    append(Length(truncatingIfNeeded: run.count))
    buffer.append(contentsOf: run)
  }

  package mutating func append(_ text: String) { append(prefixed: text.utf8) }

  @inlinable
  package mutating func append<Length: FixedWidthInteger>(_ text: String, length: Length.Type) {
    append(prefixed: text.utf8, length: length)
  }
}
