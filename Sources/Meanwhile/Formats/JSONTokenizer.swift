/// Takes apart JSON that comes in chunks, and tells an encoder what it comes by: how a response becomes another format without ever being held whole.
///
/// It reads what this service wrote itself, so it checks no more than it needs to never lose its way: what is no JSON makes no sense on the other side
/// either, but breaks nothing.
struct JSONTokenizer<Encoder: ObjectEncoder>: Sendable {
  var encoder: Encoder
  /// Of each object and array that has not ended, whether it is an object.
  private var isObject: [Bool] = []
  private var isBeforeName = false
  /// The beginning of a token whose end has not come yet.
  private var pending: [UInt8] = []
  private var unescaped: [UInt8] = []

  init(_ encoder: Encoder) { self.encoder = encoder }

  /// Tells the encoder what is whole of a chunk and what was left of the ones before.
  ///
  /// - Parameter isLast: whether nothing follows, so that a number at the end is whole.
  mutating func read(_ chunk: [UInt8], isLast: Bool) {
    let input = pending.isEmpty ? chunk : pending + chunk
    let end = input.withUnsafeBufferPointer { read($0, isLast: isLast) }
    pending = end == input.count ? [] : Array(input[end...])
  }

  /// - Returns: where the first token begins that is not whole.
  private mutating func read(_ input: UnsafeBufferPointer<UInt8>, isLast: Bool) -> Int {
    var at = 0
    while at < input.count {
      switch input[at] {
      case UInt8(ascii: "{"):
        encoder.startObject()
        isObject.append(true)
        isBeforeName = true
        at += 1
      case UInt8(ascii: "["):
        encoder.startArray()
        isObject.append(false)
        isBeforeName = false
        at += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        switch isObject.popLast() {
        case true?: encoder.endObject()
        case false?: encoder.endArray()
        case nil: break
        }
        isBeforeName = false
        at += 1
      case UInt8(ascii: ","):
        isBeforeName = isObject.last ?? false
        at += 1
      case UInt8(ascii: "\""):
        guard let end = stringEnd(input, from: at + 1) else { return at }
        string(UnsafeBufferPointer(rebasing: input[at + 1..<end]))
        at = end + 1
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        var end = at + 1
        while end < input.count, Self.isOfNumber(input[end]) { end += 1 }
        guard end < input.count || isLast else { return at }
        encoder.number(UnsafeBufferPointer(rebasing: input[at..<end]))
        at = end
      case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
        let length = input[at] == UInt8(ascii: "f") ? 5 : 4
        guard input.count - at >= length else { return at }
        if input[at] == UInt8(ascii: "n") { encoder.null() } else { encoder.bool(input[at] == UInt8(ascii: "t")) }
        at += length
      default: at += 1  // A colon, or white space.
      }
    }
    return at
  }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// The quote that ends a string; nil where it has not come yet.
  private func stringEnd(_ input: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var at = start
    while at < input.count {
      switch input[at] {
      case UInt8(ascii: "\""): return at
      case UInt8(ascii: "\\"): at += 2
      default: at += 1
      }
    }
    return nil
  }

  private mutating func string(_ escaped: UnsafeBufferPointer<UInt8>) {
    guard escaped.contains(UInt8(ascii: "\\")) else { return tell(escaped) }
    unescaped.removeAll(keepingCapacity: true)
    var at = 0
    while at < escaped.count {
      guard escaped[at] == UInt8(ascii: "\\"), at + 1 < escaped.count else {
        unescaped.append(escaped[at])
        at += 1
        continue
      }
      at += 2
      switch escaped[at - 1] {
      case UInt8(ascii: "b"): unescaped.append(0x08)
      case UInt8(ascii: "f"): unescaped.append(0x0C)
      case UInt8(ascii: "n"): unescaped.append(0x0A)
      case UInt8(ascii: "r"): unescaped.append(0x0D)
      case UInt8(ascii: "t"): unescaped.append(0x09)
      case UInt8(ascii: "u"): at = unicode(escaped, at: at)
      default: unescaped.append(escaped[at - 1])
      }
    }
    // Taken, since the encoder must not change what it is given.
    let text = unescaped
    text.withUnsafeBufferPointer { tell($0) }
  }

  private mutating func tell(_ utf8: UnsafeBufferPointer<UInt8>) {
    if isBeforeName {
      isBeforeName = false
      encoder.name(utf8)
    } else {
      encoder.string(utf8)
    }
  }

  /// Reads the digits of `\uXXXX`, and a second one where they are half of a pair.
  ///
  /// - Returns: what follows.
  private mutating func unicode(_ escaped: UnsafeBufferPointer<UInt8>, at start: Int) -> Int {
    var at = start
    var code = Self.unit(escaped, at: at)
    at += 4
    if code & 0xFC00 == 0xD800, at + 5 < escaped.count, escaped[at] == UInt8(ascii: "\\"), escaped[at + 1] == UInt8(ascii: "u") {
      code = 0x10000 + (code & 0x3FF) << 10 + (Self.unit(escaped, at: at + 2) & 0x3FF)
      at += 6
    }
    let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
    if let bytes = UTF8.encode(scalar) { unescaped.append(contentsOf: bytes) }
    return min(at, escaped.count)
  }

  private static func unit(_ escaped: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt32 {
    guard start + 4 <= escaped.count else { return 0xFFFD }
    return escaped[start..<start + 4].reduce(0) { code, digit in
      code << 4 | UInt32(Character(UnicodeScalar(digit)).hexDigitValue ?? 0)
    }
  }
}
