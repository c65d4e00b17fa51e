/// An IP address as the 16 bytes of IPv6, IPv4 mapped into it (`::ffff:a.b.c.d`), so that all addresses have one order.
public struct IPAddress: Sendable, Hashable, Comparable, BitwiseCopyable {
  /// The first eight bytes, big-endian.
  public let high: UInt64
  /// The last eight bytes, big-endian.
  public let low: UInt64

  /// Bytes of an address in a column.
  public static let byteCount = 16

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public init(v4 address: UInt32) {
    high = 0
    low = 0xFFFF_0000_0000 | UInt64(address)
  }

  /// An address from a column's 16 bytes; nil where there are not 16.
  public init?(bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var parts: (UInt64, UInt64) = (0, 0)
    for index in 0..<8 {
      parts.0 = parts.0 << 8 | UInt64(bytes[index])
      parts.1 = parts.1 << 8 | UInt64(bytes[index + 8])
    }
    (high, low) = parts
  }

  /// An address from its text: `10.1.2.3`, `2001:db8::1`, `::ffff:10.1.2.3`.
  public init?(parsing utf8: UnsafeBufferPointer<UInt8>) {
    if utf8.contains(UInt8(ascii: ":")) {
      guard let (high, low) = Self.parseV6(utf8) else { return nil }
      self.init(high: high, low: low)
      return
    }
    guard let address = Self.parseV4(utf8) else { return nil }
    self.init(v4: address)
  }

  public init?(parsing text: String) {
    var text = text
    guard let address = text.withUTF8({ IPAddress(parsing: $0) }) else { return nil }
    self = address
  }

  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }

  public var isV4: Bool { high == 0 && low >> 32 == 0xFFFF }

  /// The 16 bytes, for constants.
  public var bytes: [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> UInt64((7 - $0 % 8) * 8)) }
  }

  /// Appends the 16 bytes of a column's value.
  public func append(to out: VectorBuilder<UInt8>) {
    for shift in stride(from: UInt64(56), through: 0, by: -8) { out.append(UInt8(truncatingIfNeeded: high >> shift)) }
    for shift in stride(from: UInt64(56), through: 0, by: -8) { out.append(UInt8(truncatingIfNeeded: low >> shift)) }
  }

  /// Appends the address as text: dotted for IPv4, compressed lowercase for IPv6 (RFC 5952).
  public func appendText(to out: VectorBuilder<UInt8>) {
    if isV4 {
      for (index, shift) in stride(from: UInt64(24), through: 0, by: -8).enumerated() {
        if index > 0 { out.append(UInt8(ascii: ".")) }
        ISODate.appendDigits(UInt(low >> shift & 0xFF), width: 1, to: out)
      }
      return
    }
    let zeros = longestZeroRun()
    var index = 0
    while index < 8 {
      if index == zeros.lowerBound, zeros.count >= 2 {
        out.append(UInt8(ascii: ":"))
        out.append(UInt8(ascii: ":"))
        index = zeros.upperBound
        continue
      }
      if index > 0, zeros.count < 2 || index != zeros.upperBound { out.append(UInt8(ascii: ":")) }
      appendHex(group(index), to: out)
      index += 1
    }
  }

  public var text: String {
    let out = VectorBuilder<UInt8>(capacity: 48)
    appendText(to: out)
    return String(decoding: out.buffer, as: UTF8.self)
  }

  // MARK: Groups of 16 bits

  private func group(_ index: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64((3 - index % 4) * 16))
  }

  private func longestZeroRun() -> Range<Int> {
    var best = 0..<0
    var start = 0
    for index in 0...8 where index == 8 || group(index) != 0 {
      if index - start > best.count { best = start..<index }
      start = index + 1
    }
    return best
  }

  private func appendHex(_ value: UInt16, to out: VectorBuilder<UInt8>) {
    var isLeading = true
    for shift in [12, 8, 4, 0] as [UInt16] {
      let digit = UInt8(truncatingIfNeeded: value >> shift & 0xF)
      if isLeading, digit == 0, shift > 0 { continue }
      isLeading = false
      out.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }

  // MARK: Reading

  private static func parseV4(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32? {
    var scanner = DateScanner(bytes)
    var address: UInt32 = 0
    for part in 0..<4 {
      if part > 0, !scanner.skip(UInt8(ascii: ".")) { return nil }
      let width = scanner.digitCount(upTo: 4)
      // A leading zero would mean octal to some readers.
      guard width >= 1, width <= 3, width == 1 || scanner.peek() != UInt8(ascii: "0") else { return nil }
      guard let octet = scanner.digits(width), octet <= 255 else { return nil }
      address = address << 8 | UInt32(octet)
    }
    return scanner.isAtEnd ? address : nil
  }

  private static func parseV6(_ bytes: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64)? {
    var head: (high: UInt64, low: UInt64, count: Int) = (0, 0, 0)
    var tail: (high: UInt64, low: UInt64, count: Int) = (0, 0, 0)
    var isCompressed = false
    func push(_ group: UInt64) {
      if isCompressed {
        tail = (tail.high << 16 | tail.low >> 48, tail.low << 16 | group, tail.count + 1)
      } else {
        head = (head.high << 16 | head.low >> 48, head.low << 16 | group, head.count + 1)
      }
    }
    var at = 0
    if bytes.count >= 2, bytes[0] == UInt8(ascii: ":") {
      guard bytes[1] == UInt8(ascii: ":") else { return nil }
      isCompressed = true
      at = 2
    }
    while at < bytes.count {
      var end = at
      while end < bytes.count, bytes[end] != UInt8(ascii: ":") { end += 1 }
      let part = UnsafeBufferPointer(rebasing: bytes[at..<end])
      if part.contains(UInt8(ascii: ".")) {
        guard end == bytes.count, let address = parseV4(part) else { return nil }
        push(UInt64(address >> 16))
        push(UInt64(address & 0xFFFF))
        at = end
        break
      }
      guard let group = hexGroup(part) else { return nil }
      push(group)
      guard head.count + tail.count <= 8 else { return nil }
      at = end
      guard at < bytes.count else { break }
      at += 1
      guard at < bytes.count else { return nil }
      if bytes[at] == UInt8(ascii: ":") {
        guard !isCompressed else { return nil }
        isCompressed = true
        at += 1
      }
    }
    let count = head.count + tail.count
    guard isCompressed ? count <= 7 : count == 8 else { return nil }
    if !isCompressed { return (head.high, head.low) }
    // The head moves up by the groups that stand behind it.
    let shift = UInt64(8 - head.count) * 16
    let moved = shifted(head.high, head.low, by: shift)
    return (moved.0 | tail.high, moved.1 | tail.low)
  }

  private static func shifted(_ high: UInt64, _ low: UInt64, by bits: UInt64) -> (UInt64, UInt64) {
    if bits >= 128 { return (0, 0) }
    if bits >= 64 { return (low << (bits - 64), 0) }
    if bits == 0 { return (high, low) }
    return (high << bits | low >> (64 - bits), low << bits)
  }

  private static func hexGroup(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64? {
    guard bytes.count >= 1, bytes.count <= 4 else { return nil }
    var value: UInt64 = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - 0x30)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - 0x57)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt64(byte - 0x37)
      default: return nil
      }
    }
    return value
  }
}
