/// What is wrong with a JSON text, and where.
public struct JSONSyntaxError: Error, Sendable, Hashable {
  public var reason: String
  public var location: JSONLocation

  public init(reason: String, location: JSONLocation) {
    self.reason = reason
    self.location = location
  }
}

extension JSONValue {
  /// How deep a text may nest where nobody says otherwise.
  public static let depthMax = 256
  /// How many values a text may hold where nobody says otherwise: each takes many times the memory of the two bytes that it can be written in.
  public static let valuesMax = 4_000_000

  /// Reads one JSON text (RFC 8259, strictly: no comments, no trailing commas, valid UTF-8).
  ///
  /// - Parameters:
  ///   - bytes: the whole text, UTF-8.
  ///   - depthMax: how deep arrays and objects may nest; more is an error, so that input never decides the stack's size.
  ///   - valuesMax: how many values there may be in all; more is an error too.
  /// - Throws: `JSONSyntaxError` with the 1-based place.
  public static func parse(
    _ bytes: some Collection<UInt8>, depthMax: Int = JSONValue.depthMax, valuesMax: Int = JSONValue.valuesMax
  ) throws(JSONSyntaxError) -> JSONValue {
    var parser = JSONParser(bytes: Array(bytes), depthMax: depthMax, valuesMax: valuesMax)
    return try parser.document()
  }

  /// Reads one JSON text; see ``parse(_:depthMax:valuesMax:)``.
  public static func parse(_ text: String, depthMax: Int = JSONValue.depthMax) throws(JSONSyntaxError) -> JSONValue {
    try parse(Array(text.utf8), depthMax: depthMax)
  }
}

/// A recursive-descent reader over bytes.
struct JSONParser {
  private let bytes: [UInt8]
  private let depthMax: Int
  private var at = 0
  private var line = 1
  private var lineStart = 0
  private var valuesLeft: Int

  init(bytes: [UInt8], depthMax: Int, valuesMax: Int) {
    self.bytes = bytes
    self.depthMax = depthMax
    valuesLeft = valuesMax
  }

  mutating func document() throws(JSONSyntaxError) -> JSONValue {
    skipSpace()
    guard at < bytes.count else { throw failure("unexpected end of content") }
    let value = try value(depth: 0)
    skipSpace()
    guard at == bytes.count else { throw failure("unexpected content after the value") }
    return value
  }

  private var location: JSONLocation { JSONLocation(line: line, column: at - lineStart + 1) }

  private func failure(_ reason: String) -> JSONSyntaxError {
    JSONSyntaxError(reason: reason, location: location)
  }

  private func peek() -> UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func skipSpace() {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x09, 0x0D: at += 1
      case 0x0A:
        at += 1
        line += 1
        lineStart = at
      default: return
      }
    }
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    guard depth < depthMax else { throw failure("nested deeper than [\(depthMax)] levels") }
    guard valuesLeft > 0 else { throw failure("too many values") }
    valuesLeft -= 1
    guard let byte = peek() else { throw failure("unexpected end of content") }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw failure("unexpected character ['\(display(byte))']")
    }
  }

  private func display(_ byte: UInt8) -> String {
    byte >= 0x20 && byte < 0x7F ? String(UnicodeScalar(byte)) : "0x" + String(byte, radix: 16)
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
    let expected = text.withUTF8Buffer { Array($0) }
    guard bytes.count - at >= expected.count, bytes[at..<at + expected.count].elementsEqual(expected) else {
      throw failure("unrecognized token, was expecting true, false or null")
    }
    at += expected.count
    return value
  }

  private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    var object = JSONObject()
    at += 1
    skipSpace()
    if peek() == UInt8(ascii: "}") {
      at += 1
      return .object(object)
    }
    while true {
      skipSpace()
      guard peek() == UInt8(ascii: "\"") else { throw failure("was expecting a double-quoted field name") }
      let name = try string()
      skipSpace()
      guard peek() == UInt8(ascii: ":") else { throw failure("was expecting a colon after the field name") }
      at += 1
      skipSpace()
      let start = location
      object.append(name, try value(depth: depth + 1), location: start)
      skipSpace()
      switch peek() {
      case UInt8(ascii: ","): at += 1
      case UInt8(ascii: "}"):
        at += 1
        return .object(object)
      default: throw failure("was expecting a comma or the end of the object")
      }
    }
  }

  private mutating func array(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    var values: [JSONValue] = []
    at += 1
    skipSpace()
    if peek() == UInt8(ascii: "]") {
      at += 1
      return .array(values)
    }
    while true {
      skipSpace()
      values.append(try value(depth: depth + 1))
      skipSpace()
      switch peek() {
      case UInt8(ascii: ","): at += 1
      case UInt8(ascii: "]"):
        at += 1
        return .array(values)
      default: throw failure("was expecting a comma or the end of the array")
      }
    }
  }

  private mutating func number() throws(JSONSyntaxError) -> JSONValue {
    let start = at
    var isWhole = true
    if peek() == UInt8(ascii: "-") { at += 1 }
    let firstDigit = at
    while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { at += 1 }
    guard at > firstDigit else { throw failure("a digit is missing in a number") }
    guard bytes[firstDigit] != UInt8(ascii: "0") || at == firstDigit + 1 else {
      throw failure("leading zeroes are not allowed in a number")
    }
    if peek() == UInt8(ascii: ".") {
      isWhole = false
      at += 1
      let fraction = at
      while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { at += 1 }
      guard at > fraction else { throw failure("a digit is missing after the decimal point") }
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      isWhole = false
      at += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { at += 1 }
      let exponent = at
      while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { at += 1 }
      guard at > exponent else { throw failure("a digit is missing in an exponent") }
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isWhole {
      if let value = Int64(text) { return .integer(value) }
      if let value = UInt64(text) { return .unsigned(value) }
    }
    guard let value = Double(text) else { throw failure("a number that cannot be read") }
    return .double(value)
  }

  private mutating func string() throws(JSONSyntaxError) -> String {
    at += 1
    let start = at
    while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\"), bytes[at] >= 0x20 { at += 1 }
    if peek() == UInt8(ascii: "\"") {
      guard let text = String(validating: bytes[start..<at], as: UTF8.self) else { throw failure("invalid UTF-8 in a string") }
      at += 1
      return text
    }
    var buffer = Array(bytes[start..<at])
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: buffer, as: UTF8.self) else { throw failure("invalid UTF-8 in a string") }
        at += 1
        return text
      case UInt8(ascii: "\\"):
        at += 1
        try escape(into: &buffer)
      case 0..<0x20: throw failure("an unescaped control character in a string")
      default:
        buffer.append(byte)
        at += 1
      }
    }
    throw failure("unexpected end of content in a string")
  }

  private mutating func escape(into buffer: inout [UInt8]) throws(JSONSyntaxError) {
    guard let byte = peek() else { throw failure("unexpected end of content in a string") }
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
    case UInt8(ascii: "b"): buffer.append(0x08)
    case UInt8(ascii: "f"): buffer.append(0x0C)
    case UInt8(ascii: "n"): buffer.append(0x0A)
    case UInt8(ascii: "r"): buffer.append(0x0D)
    case UInt8(ascii: "t"): buffer.append(0x09)
    case UInt8(ascii: "u"):
      var code = try unit()
      if code & 0xFC00 == 0xD800, peek() == UInt8(ascii: "\\"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "u") {
        at += 2
        let low = try unit()
        guard low & 0xFC00 == 0xDC00 else { throw failure("a broken surrogate pair in a string") }
        code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("a lone surrogate in a string") }
      buffer.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    default: throw failure("unrecognized character escape ['\(display(byte))']")
    }
  }

  private mutating func unit() throws(JSONSyntaxError) -> UInt32 {
    guard bytes.count - at >= 4 else { throw failure("unexpected end of content in an escape") }
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(UnicodeScalar(bytes[at])).hexDigitValue else {
        throw failure("a hexadecimal digit is missing in an escape")
      }
      code = code << 4 | UInt32(digit)
      at += 1
    }
    return code
  }
}
