/// A block of addresses in CIDR notation: `10.0.0.0/8`, `2001:db8::/32`.
public struct IPNetwork: Sendable, Hashable {
  /// The first and the last address of the block.
  public let first: IPAddress
  public let last: IPAddress

  /// Reads `address/length`; the length counts bits of the family that the address is written in. Bits behind it are ignored.
  public init?(parsing text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPAddress(parsing: String(parts[0])) else { return nil }
    let isDotted = !parts[0].contains(":")
    guard parts[1].utf8.allSatisfy({ $0 &- 0x30 < 10 }), let length = Int(parts[1]), length <= (isDotted ? 32 : 128) else { return nil }
    self.init(address: address, prefixLength: isDotted ? length + 96 : length)
  }

  /// - Parameter prefixLength: 0 ... 128, in bits of the 16-byte form.
  public init?(address: IPAddress, prefixLength: Int) {
    guard prefixLength >= 0, prefixLength <= 128 else { return nil }
    let high: UInt64 = prefixLength >= 64 ? .max : prefixLength == 0 ? 0 : .max << UInt64(64 - prefixLength)
    let low: UInt64 = prefixLength <= 64 ? 0 : prefixLength == 128 ? .max : .max << UInt64(128 - prefixLength)
    first = IPAddress(high: address.high & high, low: address.low & low)
    last = IPAddress(high: address.high | ~high, low: address.low | ~low)
  }

  public func contains(_ address: IPAddress) -> Bool { address >= first && address <= last }
}
