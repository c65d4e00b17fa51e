/// Appends numbers and byte strings to bytes, little-endian.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

  mutating func append<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(contentsOf other: [UInt8]) { bytes.append(contentsOf: other) }

  /// Seven bits a byte, low ones first; the high bit says that more follow.
  mutating func append(varint number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// A byte string, its length before it.
  mutating func append(prefixed other: some Collection<UInt8>) {
    append(varint: UInt64(other.count))
    bytes.append(contentsOf: other)
  }

  mutating func append(_ text: String) { append(prefixed: text.utf8) }
}
