import Meanwhile

/// Writes Smile, without references to names and strings that came before: a reader needs no table for what may be a million rows.
public struct SmileEncoder: ObjectEncoder {
  /// Version 0, no flags.
  public var bytes: [UInt8] = Smile.magic + [0]

  init() {}

  public mutating func startObject() { bytes.append(Smile.startObject) }
  public mutating func endObject() { bytes.append(Smile.endObject) }
  public mutating func startArray() { bytes.append(Smile.startArray) }
  public mutating func endArray() { bytes.append(Smile.endArray) }
  public mutating func bool(_ value: Bool) { bytes.append(value ? Smile.true : Smile.false) }
  public mutating func null() { bytes.append(Smile.null) }

  public mutating func name(_ utf8: UnsafeBufferPointer<UInt8>) {
    let isASCII = utf8.allSatisfy { $0 < 0x80 }
    switch utf8.count {
    case 0: bytes.append(Smile.emptyString)
    case 1...64 where isASCII: bytes.append(0x80 + UInt8(utf8.count - 1))
    case 2...57 where !isASCII: bytes.append(0xC0 + UInt8(utf8.count - 2))
    default: return appendLong(utf8, as: Smile.longName)
    }
    bytes.append(contentsOf: utf8)
  }

  public mutating func string(_ utf8: UnsafeBufferPointer<UInt8>) {
    let isASCII = utf8.allSatisfy { $0 < 0x80 }
    switch utf8.count {
    case 0: bytes.append(Smile.emptyString)
    case 1...32 where isASCII: bytes.append(0x40 + UInt8(utf8.count - 1))
    case 33...64 where isASCII: bytes.append(0x60 + UInt8(utf8.count - 33))
    case 2...33 where !isASCII: bytes.append(0x80 + UInt8(utf8.count - 2))
    case 34...65 where !isASCII: bytes.append(0xA0 + UInt8(utf8.count - 34))
    default: return appendLong(utf8, as: isASCII ? Smile.longASCII : Smile.longUnicode)
    }
    bytes.append(contentsOf: utf8)
  }

  private mutating func appendLong(_ utf8: UnsafeBufferPointer<UInt8>, as token: UInt8) {
    bytes.append(token)
    bytes.append(contentsOf: utf8)
    bytes.append(Smile.endOfString)
  }

  public mutating func number(_ text: UnsafeBufferPointer<UInt8>) {
    switch JSONNumber(text) {
    case .integer(let value): integer(value)
    case .unsigned(let value):
      // A big integer of nine bytes, the first of which says that it is positive.
      bytes.append(Smile.bigInteger)
      variable(9)
      safe([0] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) })
    case .double(let value):
      bytes.append(Smile.double)
      sevens(value.bitPattern, byteCount: 10)
    }
  }

  private mutating func integer(_ value: Int64) {
    let zigzag = UInt64(bitPattern: value << 1 ^ value >> 63)
    switch zigzag {
    case 0..<32: bytes.append(0xC0 + UInt8(zigzag))
    case ...0xFFFF_FFFF:
      bytes.append(Smile.int32)
      variable(zigzag)
    default:
      bytes.append(Smile.int64)
      variable(zigzag)
    }
  }

  /// Seven bits a byte and the most significant first, but for six in the last, which the top bit marks.
  private mutating func variable(_ value: UInt64) {
    var rest = value >> 6
    var groups: [UInt8] = []
    while rest > 0 {
      groups.append(UInt8(rest & 0x7F))
      rest >>= 7
    }
    bytes.append(contentsOf: groups.reversed())
    bytes.append(0x80 | UInt8(value & 0x3F))
  }

  /// Seven bits a byte, the most significant first.
  private mutating func sevens(_ value: UInt64, byteCount: Int) {
    for index in (0..<byteCount).reversed() { bytes.append(UInt8(value >> UInt64(7 * index) & 0x7F)) }
  }

  /// Bytes at seven bits a byte; what is left of the last is at the low end of one more.
  private mutating func safe(_ binary: [UInt8]) {
    var held: UInt16 = 0
    var count: UInt16 = 0
    for byte in binary {
      held = held << 8 | UInt16(byte)
      count += 8
      while count >= 7 {
        count -= 7
        bytes.append(UInt8(held >> count & 0x7F))
      }
      held &= 1 << count - 1
    }
    if count > 0 { bytes.append(UInt8(held)) }
  }
}
