/// A fast hash of byte strings, the same in every process, so that tables built from it may be kept in files. Not for inputs chosen to collide on purpose:
/// tables that use it compare bytes as well, and their probing is bounded by their size.
public enum BytesHash {
  private static let first: UInt64 = 0x9E37_79B9_7F4A_7C15
  private static let second: UInt64 = 0xD1B5_4A32_D192_ED03

  /// Folds eight bytes at a time through a 64 by 64 bit multiplication.
  @inline(__always)
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var state = UInt64(truncatingIfNeeded: bytes.count) &* first
    guard let start = bytes.baseAddress else { return mix(state, second) }
    let raw = UnsafeRawPointer(start)
    var at = 0
    while at + 8 <= bytes.count {
      state = mix(state ^ UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)), first)
      at += 8
    }
    var rest: UInt64 = 0
    var shift: UInt64 = 0
    while at < bytes.count {
      rest |= UInt64(bytes[at]) &<< shift
      shift += 8
      at += 1
    }
    return mix(state ^ rest, second)
  }

  @inline(__always)
  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
