import Meanwhile

/// Reads Smile documents, one after another, with the references that a writer may have made.
struct SmileDecoder {
  private let bytes: [UInt8]
  private var at = 0
  private var names = SharedStrings(isOn: false)
  private var strings = SharedStrings(isOn: false)
  /// Of each object and array that has not ended, whether it is an object.
  private var isObject: [Bool] = []
  private var isAfterName = false

  /// - Throws: a 400 for what does not begin as Smile.
  init(_ bytes: [UInt8]) throws(APIError) {
    self.bytes = bytes
    try begin()
  }

  /// Reads a document's head.
  ///
  /// - Throws: a 400 for what does not begin as Smile.
  mutating func begin() throws(APIError) {
    let count = Smile.magic.count + 1
    guard bytes.count - at >= count, bytes[at...].starts(with: Smile.magic), bytes[at + count - 1] >> 4 == 0 else {
      throw .xContentParse("not valid Smile: it does not begin as such", at: nil)
    }
    at += count
    names = SharedStrings(isOn: bytes[at - 1] & Smile.Flag.sharedNames != 0)
    strings = SharedStrings(isOn: bytes[at - 1] & Smile.Flag.sharedStrings != 0)
  }

  /// Reads a document's value, and its end where that is marked.
  mutating func decode(into json: inout JSONWriter) throws(APIError) {
    repeat {
      let token = try byte()
      if isObject.last == true, !isAfterName { try name(token, into: &json) } else { try value(token, into: &json) }
      try json.checkLimits()
    } while !isObject.isEmpty
    if at < bytes.count, bytes[at] == Smile.endOfContent { at += 1 }
  }

  var isAtEnd: Bool { at == bytes.count }

  func expectEnd() throws(APIError) {
    guard isAtEnd else { throw failure("unexpected content after the value") }
  }

  private mutating func name(_ token: UInt8, into json: inout JSONWriter) throws(APIError) {
    switch token {
    case Smile.endObject:
      isObject.removeLast()
      json.endObject()
      isAfterName = false
      return
    case Smile.emptyString: json.name("")
    case 0x30...0x33: json.name(try shared(names, Int(token & 3) << 8 | Int(try byte())))
    case Smile.longName: json.name(try longText())
    case 0x40...0x7F: json.name(try shared(names, Int(token - 0x40)))
    case 0x80...0xBF: try newName(1 + Int(token - 0x80), into: &json)
    case 0xC0...0xF7: try newName(2 + Int(token - 0xC0), into: &json)
    default: throw failure("[\(token)] begins no name")
    }
    isAfterName = true
  }

  private mutating func newName(_ count: Int, into json: inout JSONWriter) throws(APIError) {
    let text = try text(count)
    names.add(text)
    json.name(text)
  }

  private mutating func value(_ token: UInt8, into json: inout JSONWriter) throws(APIError) {
    isAfterName = false
    switch token {
    case 0x01...0x1F: json.string(try shared(strings, Int(token - 1)))
    case Smile.emptyString: json.string("")
    case Smile.null: json.null()
    case Smile.false: json.bool(false)
    case Smile.true: json.bool(true)
    case Smile.int32, Smile.int64: json.number(Self.signed(try variable()))
    case Smile.bigInteger: try bigInteger(into: &json)
    case Smile.float: try json.number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: try sevens(byteCount: 5)))))
    case Smile.double: try json.number(Double(bitPattern: try sevens(byteCount: 10)))
    case Smile.bigDecimal: throw failure("a decimal number of any length is not supported")
    case 0x40...0x5F: try newString(1 + Int(token - 0x40), into: &json)
    case 0x60...0x7F: try newString(33 + Int(token - 0x60), into: &json)
    case 0x80...0x9F: try newString(2 + Int(token - 0x80), into: &json)
    case 0xA0...0xBF: try newString(34 + Int(token - 0xA0), into: &json)
    case 0xC0...0xDF: json.number(Self.signed(UInt64(token - 0xC0)))
    case Smile.longASCII, Smile.longUnicode: json.string(try longText())
    case Smile.safeBinary: json.binary(try safe(try length()))
    case 0xEC...0xEF: json.string(try shared(strings, Int(token & 3) << 8 | Int(try byte())))
    case Smile.rawBinary: json.binary(Array(try take(try length())))
    case Smile.startArray:
      isObject.append(false)
      json.startArray()
    case Smile.startObject:
      isObject.append(true)
      json.startObject()
    case Smile.endArray where isObject.last == false:
      isObject.removeLast()
      json.endArray()
    default: throw failure("[\(token)] begins no value")
    }
  }

  private mutating func newString(_ count: Int, into json: inout JSONWriter) throws(APIError) {
    let text = try text(count)
    if count <= SharedStrings.byteCountMax { strings.add(text) }
    json.string(text)
  }

  private func shared(_ table: SharedStrings, _ index: Int) throws(APIError) -> String {
    guard let text = table[index] else { throw failure("a reference to [\(index)], which has not been") }
    return text
  }

  // MARK: Parts of tokens

  private mutating func byte() throws(APIError) -> UInt8 {
    guard at < bytes.count else { throw endOfContent }
    defer { at += 1 }
    return bytes[at]
  }

  private mutating func take(_ count: Int) throws(APIError) -> ArraySlice<UInt8> {
    guard count <= bytes.count - at else { throw endOfContent }
    defer { at += count }
    return bytes[at..<at + count]
  }

  private mutating func text(_ count: Int) throws(APIError) -> String { try valid(try take(count)) }

  private mutating func longText() throws(APIError) -> String {
    guard let end = bytes[at...].firstIndex(of: Smile.endOfString) else { throw endOfContent }
    defer { at = end + 1 }
    return try valid(bytes[at..<end])
  }

  private func valid(_ utf8: ArraySlice<UInt8>) throws(APIError) -> String {
    guard let text = String(validating: utf8, as: UTF8.self) else { throw failure("invalid UTF-8 in a string") }
    return text
  }

  private static func signed(_ zigzag: UInt64) -> Int64 { Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1) }

  private mutating func variable() throws(APIError) -> UInt64 {
    var value: UInt64 = 0
    for _ in 0..<10 {
      let next = try byte()
      let isLast = next & 0x80 != 0
      guard value >> (isLast ? 58 : 57) == 0 else { break }
      if isLast { return value << 6 | UInt64(next & 0x3F) }
      value = value << 7 | UInt64(next)
    }
    throw failure("a number is beyond what 64 bits hold")
  }

  private mutating func length() throws(APIError) -> Int {
    guard let length = Int(exactly: try variable()), length <= bytes.count else { throw endOfContent }
    return length
  }

  private mutating func sevens(byteCount: Int) throws(APIError) -> UInt64 {
    try take(byteCount).reduce(0) { $0 << 7 | UInt64($1 & 0x7F) }
  }

  /// Bytes at seven bits a byte; what is left of the last is at the low end of one more.
  private mutating func safe(_ count: Int) throws(APIError) -> [UInt8] {
    let encoded = try take(count / 7 * 8 + (count % 7 == 0 ? 0 : count % 7 + 1))
    var binary: [UInt8] = []
    binary.reserveCapacity(count)
    var held: UInt32 = 0
    var bits = 0
    for (index, byte) in encoded.enumerated() {
      // All but the last byte have seven bits; that one has what is missing.
      let fits = min(7, 8 * count - 7 * index)
      held = held << UInt32(fits) | UInt32(byte & 0x7F)
      bits += fits
      if bits >= 8 {
        bits -= 8
        binary.append(UInt8(truncatingIfNeeded: held >> UInt32(bits)))
        held &= 1 << UInt32(bits) - 1
      }
    }
    return binary
  }

  private mutating func bigInteger(into json: inout JSONWriter) throws(APIError) {
    let binary = try safe(try length())
    let isNegative = binary.first.map { $0 & 0x80 != 0 } ?? false
    let digits = binary.drop { $0 == (isNegative ? 0xFF : 0) }
    guard digits.count <= 8 else { throw failure("a number is beyond what 64 bits hold") }
    let bits = digits.reduce(isNegative ? UInt64.max : 0) { $0 << 8 | UInt64($1) }
    guard isNegative else { return json.number(String(bits)) }
    guard bits >> 63 == 1 else { throw failure("a number is beyond what 64 bits hold") }
    json.number(Int64(bitPattern: bits))
  }

  private var endOfContent: APIError { failure("unexpected end of content") }

  private func failure(_ reason: String) -> APIError { .xContentParse("[byte \(at)] not valid Smile: \(reason)", at: nil) }
}

/// The strings of a document that later ones may refer to. When there are as many as references can tell apart, it begins anew.
private struct SharedStrings {
  /// Longer ones are not shared.
  static let byteCountMax = 64
  private static let countMax = 1024

  private let isOn: Bool
  private var texts: [String] = []

  init(isOn: Bool) { self.isOn = isOn }

  mutating func add(_ text: String) {
    guard isOn else { return }
    if texts.count == Self.countMax { texts.removeAll(keepingCapacity: true) }
    texts.append(text)
  }

  subscript(index: Int) -> String? { texts.indices.contains(index) ? texts[index] : nil }
}
