import Meanwhile

/// Writes CBOR. How many members an object has is not known when it starts, so objects and arrays are of indefinite length, as in Elasticsearch's
/// responses; strings and numbers are as short as they can be.
public struct CBOREncoder: ObjectEncoder {
  public var bytes: [UInt8] = []

  init() {}

  public mutating func startObject() { bytes.append(CBOR.openMap) }
  public mutating func endObject() { bytes.append(CBOR.stop) }
  public mutating func startArray() { bytes.append(CBOR.openArray) }
  public mutating func endArray() { bytes.append(CBOR.stop) }
  public mutating func name(_ utf8: UnsafeBufferPointer<UInt8>) { string(utf8) }
  public mutating func bool(_ value: Bool) { bytes.append(value ? CBOR.true : CBOR.false) }
  public mutating func null() { bytes.append(CBOR.null) }

  public mutating func string(_ utf8: UnsafeBufferPointer<UInt8>) {
    head(.text, UInt64(utf8.count))
    bytes.append(contentsOf: utf8)
  }

  public mutating func number(_ text: UnsafeBufferPointer<UInt8>) {
    switch JSONNumber(text) {
    case .integer(let value) where value < 0: head(.negative, UInt64(bitPattern: ~value))
    case .integer(let value): head(.unsigned, UInt64(bitPattern: value))
    case .unsigned(let value): head(.unsigned, value)
    case .double(let value):
      bytes.append(CBOR.double)
      big(value.bitPattern, byteCount: 8)
    }
  }

  /// An item's kind and its argument, in as few bytes as it takes.
  private mutating func head(_ major: CBOR.Major, _ argument: UInt64) {
    let kind = major.rawValue << 5
    switch argument {
    case 0..<24: bytes.append(kind | UInt8(argument))
    case ...0xFF:
      bytes.append(kind | 24)
      big(argument, byteCount: 1)
    case ...0xFFFF:
      bytes.append(kind | 25)
      big(argument, byteCount: 2)
    case ...0xFFFF_FFFF:
      bytes.append(kind | 26)
      big(argument, byteCount: 4)
    default:
      bytes.append(kind | 27)
      big(argument, byteCount: 8)
    }
  }

  private mutating func big(_ value: UInt64, byteCount: Int) {
    for index in (0..<byteCount).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
  }
}
