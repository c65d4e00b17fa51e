/// Walks the bytes of a date text.
struct DateScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  var at = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { at == bytes.count }

  func peek() -> UInt8? { at < bytes.count ? bytes[at] : nil }

  /// Steps over a byte if it comes next.
  mutating func skip(_ byte: UInt8) -> Bool {
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  /// How many digits come next, up to a limit.
  func digitCount(upTo limit: Int) -> Int {
    var count = 0
    while count < limit, at + count < bytes.count, bytes[at + count] &- 0x30 < 10 { count += 1 }
    return count
  }

  /// A number of exactly so many digits, at most 18.
  mutating func digits(_ count: Int) -> Int? {
    guard count <= 18, at + count <= bytes.count else { return nil }
    var value = 0
    for index in at..<at + count {
      let digit = bytes[index] &- 0x30
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    at += count
    return value
  }

  /// One to nine digits behind a decimal point, as nanoseconds.
  mutating func fraction(min: Int, max: Int) -> Int? {
    let count = digitCount(upTo: max)
    guard count >= min, count > 0, var value = digits(count) else { return nil }
    for _ in count..<9 { value *= 10 }
    return value
  }

  /// `Z`, `+hh`, `+hhmm`, `+hh:mm`, with or without seconds; in seconds.
  mutating func offset() -> Int? {
    if skip(UInt8(ascii: "Z")) { return 0 }
    guard let sign = peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
    at += 1
    guard let hours = digits(2) else { return nil }
    var minutes = 0
    var seconds = 0
    let colon = skip(UInt8(ascii: ":"))
    if colon || digitCount(upTo: 2) == 2 {
      guard let found = digits(2) else { return nil }
      minutes = found
      if colon ? skip(UInt8(ascii: ":")) : digitCount(upTo: 2) == 2 {
        guard let found = digits(2) else { return nil }
        seconds = found
      }
    }
    // Java's ZoneOffset ends at 18 hours.
    guard minutes < 60, seconds < 60 else { return nil }
    let total = hours * 3_600 + minutes * 60 + seconds
    guard total <= 18 * 3_600 else { return nil }
    return sign == UInt8(ascii: "-") ? -total : total
  }

  /// A zone's id, such as `Europe/Madrid`, up to a byte that no id has.
  mutating func zone() -> TimeZoneRules? {
    let start = at
    while let byte = peek(), TimeZoneRules.isIDByte(byte) { at += 1 }
    guard at > start else { return nil }
    return TimeZoneRules(id: String(decoding: bytes[start..<at], as: UTF8.self))
  }
}
