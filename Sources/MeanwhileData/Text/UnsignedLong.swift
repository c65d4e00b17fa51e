/// `unsigned_long` values in the buffers of signed ones: with the sign bit flipped, signed comparison orders them.
public enum UnsignedLong {
  @inlinable
  public static func encode(_ value: UInt64) -> Int64 { Int64(bitPattern: value ^ (1 << 63)) }

  @inlinable
  public static func decode(_ stored: Int64) -> UInt64 { UInt64(bitPattern: stored) ^ (1 << 63) }
}
