/// Walks the bytes of one JSON text (RFC 8259, strictly) and gives its tokens without making an object of any of them.
///
/// The text must outlive the cursor. Strings that come with escapes are unescaped into a scratch buffer, which the next string overwrites.
struct JSONCursor {
  let base: UnsafePointer<UInt8>
  let end: Int
  /// The next byte to read.
  var at = 0
  private let scratch: VectorBuilder<UInt8>

  /// How deep arrays and objects may nest, so that input never decides the stack's size.
  static let depthMax = 200

  init(_ text: UnsafeBufferPointer<UInt8>, scratch: VectorBuilder<UInt8>) {
    base = text.baseAddress ?? Storage.empty.base.assumingMemoryBound(to: UInt8.self)
    end = text.count
    self.scratch = scratch
  }

  func fault(_ reason: String) -> DocumentFault { DocumentFault(reason: .syntax(reason), offset: at) }

  /// The next byte that is not white space; 0 at the end of the text.
  @inline(__always)
  mutating func peek() -> UInt8 {
    while at < end {
      let byte = base[at]
      if byte > 0x20 { return byte }
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      at += 1
    }
    return 0
  }

  /// Whether nothing but white space is left.
  mutating func isAtEnd() -> Bool {
    _ = peek()
    return at == end
  }

  // MARK: Strings

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// Reads a string; `at` must be on its opening quote. The bytes are valid until the next string is read.
  @inline(__always)
  mutating func string() throws(DocumentFault) -> UnsafeBufferPointer<UInt8> {
    let start = at + 1
    var place = start
    var nonASCII: UInt64 = 0
    while place + 8 <= end {
      let word = UInt64(littleEndian: UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self))
      // A byte's high bit comes up where it is a quote, a backslash, or below 0x20; above the first such byte there may be false ones.
      let quote = word ^ (Self.ones &* 0x22)
      let backslash = word ^ (Self.ones &* 0x5C)
      var stops = (quote &- Self.ones) & ~quote
      stops |= (backslash &- Self.ones) & ~backslash
      stops |= (word &- (Self.ones &* 0x20)) & ~word
      stops &= Self.highs
      if stops != 0 {
        let bits = UInt64(truncatingIfNeeded: stops.trailingZeroBitCount & ~7)
        nonASCII |= word & Self.highs & ((1 << bits) &- 1)
        place += Int(bits >> 3)
        return try endString(from: start, to: place, isASCII: nonASCII == 0)
      }
      nonASCII |= word & Self.highs
      place += 8
    }
    while place < end, base[place] != 0x22, base[place] != 0x5C, base[place] >= 0x20 {
      nonASCII |= UInt64(base[place] & 0x80)
      place += 1
    }
    return try endString(from: start, to: place, isASCII: nonASCII == 0)
  }

  @inline(__always)
  private mutating func endString(from start: Int, to stop: Int, isASCII: Bool) throws(DocumentFault) -> UnsafeBufferPointer<UInt8> {
    guard stop < end, base[stop] == 0x22 else { return try escapedString(from: start, to: stop) }
    let text = UnsafeBufferPointer(start: base + start, count: stop - start)
    guard isASCII || UTF8Text.isValid(text) else { throw fault("Invalid UTF-8 in a string") }
    at = stop + 1
    return text
  }

  /// The slow way: a string with an escape at `stop`, or a broken one.
  private mutating func escapedString(from start: Int, to stop: Int) throws(DocumentFault) -> UnsafeBufferPointer<UInt8> {
    scratch.truncate(to: 0)
    scratch.append(contentsOf: UnsafeBufferPointer(start: base + start, count: stop - start))
    at = stop
    while at < end {
      let byte = base[at]
      switch byte {
      case 0x22:
        guard UTF8Text.isValid(scratch.buffer) else { throw fault("Invalid UTF-8 in a string") }
        at += 1
        return scratch.buffer
      case 0x5C: try escape()
      case 0..<0x20: throw fault("Illegal unquoted character ((CTRL-CHAR, code \(byte))): has to be escaped using backslash")
      default:
        scratch.append(byte)
        at += 1
      }
    }
    throw fault("Unexpected end-of-input: was expecting closing quote for a string value")
  }

  private mutating func escape() throws(DocumentFault) {
    guard at + 1 < end else { throw fault("Unexpected end-of-input in a character escape") }
    let byte = base[at + 1]
    at += 2
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(byte)
    case UInt8(ascii: "b"): scratch.append(0x08)
    case UInt8(ascii: "f"): scratch.append(0x0C)
    case UInt8(ascii: "n"): scratch.append(0x0A)
    case UInt8(ascii: "r"): scratch.append(0x0D)
    case UInt8(ascii: "t"): scratch.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexUnit()
      if code & 0xFC00 == 0xD800, at + 6 <= end, base[at] == 0x5C, base[at + 1] == UInt8(ascii: "u") {
        at += 2
        let low = try hexUnit()
        guard low & 0xFC00 == 0xDC00 else { throw fault("A broken surrogate pair in a string") }
        code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
      }
      guard let scalar = Unicode.Scalar(code) else { throw fault("A lone surrogate in a string") }
      for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { scratch.append(unit) }
    default: throw fault("Unrecognized character escape (CTRL-CHAR, code \(byte))")
    }
  }

  private mutating func hexUnit() throws(DocumentFault) -> UInt32 {
    guard at + 4 <= end else { throw fault("Unexpected end-of-input in a character escape") }
    var code: UInt32 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch base[at] {
      case 0x30...0x39: digit = base[at] - 0x30
      case 0x41...0x46: digit = base[at] - 0x37
      case 0x61...0x66: digit = base[at] - 0x57
      default: throw fault("Unexpected character in a character escape: expected a hex-digit")
      }
      code = code << 4 | UInt32(digit)
      at += 1
    }
    return code
  }

  // MARK: Numbers and words

  /// Reads a number; `at` must be on its first byte.
  @inline(__always)
  mutating func number() throws(DocumentFault) -> NumberToken {
    let start = at
    let isNegative = base[at] == UInt8(ascii: "-")
    if isNegative { at += 1 }
    let firstDigit = at
    var value: UInt64 = 0
    while at < end {
      let digit = base[at] &- 0x30
      guard digit < 10 else { break }
      value = value &* 10 &+ UInt64(digit)
      at += 1
    }
    let digitCount = at - firstDigit
    guard digitCount > 0 else { throw fault("Expected a digit in a number") }
    guard digitCount == 1 || base[firstDigit] != UInt8(ascii: "0") else { throw fault("Invalid numeric value: Leading zeroes not allowed") }
    if at < end, base[at] == UInt8(ascii: ".") || base[at] | 0x20 == UInt8(ascii: "e") {
      try fractionAndExponent()
      return NumberToken(kind: .fraction, integer: 0, text: UnsafeBufferPointer(start: base + start, count: at - start))
    }
    let text = UnsafeBufferPointer(start: base + start, count: at - start)
    // Nineteen digits are below 2^64, twenty may be over.
    guard digitCount <= 19, value <= UInt64(Int64.max) + (isNegative ? 1 : 0) else {
      return NumberToken(kind: .large, integer: 0, text: text)
    }
    return NumberToken(kind: .integer, integer: isNegative ? 0 &- Int64(bitPattern: value) : Int64(bitPattern: value), text: text)
  }

  private mutating func fractionAndExponent() throws(DocumentFault) {
    if base[at] == UInt8(ascii: ".") {
      at += 1
      guard skipDigits() > 0 else { throw fault("Decimal point not followed by a digit") }
    }
    guard at < end, base[at] | 0x20 == UInt8(ascii: "e") else { return }
    at += 1
    if at < end, base[at] == UInt8(ascii: "+") || base[at] == UInt8(ascii: "-") { at += 1 }
    guard skipDigits() > 0 else { throw fault("Exponent indicator not followed by a digit") }
  }

  private mutating func skipDigits() -> Int {
    let start = at
    while at < end, base[at] &- 0x30 < 10 { at += 1 }
    return at - start
  }

  /// Reads `true`, `false` or `null`, given its letters as a little-endian word of four bytes; `false` is checked by its last four.
  @inline(__always)
  mutating func word(_ letters: StaticString) throws(DocumentFault) {
    let count = letters.utf8CodeUnitCount
    guard at + count <= end else {
      throw fault("Unrecognized token: was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')")
    }
    for index in 0..<count where base[at + index] != letters.utf8Start[index] {
      throw fault("Unrecognized token: was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')")
    }
    at += count
  }

  // MARK: Skipping

  /// Reads over one value of any kind, checking all of it.
  mutating func skipValue(depth: Int = 0) throws(DocumentFault) {
    switch peek() {
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "{"): try skipObject(depth: depth)
    case UInt8(ascii: "["): try skipArray(depth: depth)
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try number()
    default: throw unexpected()
    }
  }

  /// The fault of a byte that begins no value.
  func unexpected() -> DocumentFault {
    guard at < end else { return fault("Unexpected end-of-input") }
    let byte = base[at]
    let shown = byte > 0x20 && byte < 0x7F ? "'\(Unicode.Scalar(byte))' (code \(byte))" : "(CTRL-CHAR, code \(byte))"
    return fault(
      "Unexpected character (\(shown)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')")
  }

  private mutating func skipObject(depth: Int) throws(DocumentFault) {
    guard depth < Self.depthMax else { throw tooDeep() }
    at += 1
    if peek() == UInt8(ascii: "}") {
      at += 1
      return
    }
    while true {
      guard peek() == UInt8(ascii: "\"") else { throw fault("was expecting double-quote to start field name") }
      _ = try string()
      try colon()
      try skipValue(depth: depth + 1)
      if try endsMember(with: UInt8(ascii: "}")) { return }
    }
  }

  private mutating func skipArray(depth: Int) throws(DocumentFault) {
    guard depth < Self.depthMax else { throw tooDeep() }
    at += 1
    if peek() == UInt8(ascii: "]") {
      at += 1
      return
    }
    while true {
      try skipValue(depth: depth + 1)
      if try endsMember(with: UInt8(ascii: "]")) { return }
    }
  }

  func tooDeep() -> DocumentFault { fault("Document nesting depth exceeds the maximum allowed ([\(Self.depthMax)])") }

  /// Reads the colon between a member's name and value.
  @inline(__always)
  mutating func colon() throws(DocumentFault) {
    guard peek() == UInt8(ascii: ":") else { throw fault("was expecting a colon to separate field name and value") }
    at += 1
  }

  /// Reads a comma, or the closing bracket: then says true.
  @inline(__always)
  mutating func endsMember(with bracket: UInt8) throws(DocumentFault) -> Bool {
    let byte = peek()
    guard byte == bracket || byte == UInt8(ascii: ",") else {
      guard at < end else { throw fault("Unexpected end-of-input: expected close marker") }
      throw fault("was expecting comma to separate \(bracket == UInt8(ascii: "}") ? "Object" : "Array") entries")
    }
    at += 1
    return byte == bracket
  }
}
