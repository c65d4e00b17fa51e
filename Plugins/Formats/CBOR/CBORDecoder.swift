import Meanwhile

/// Reads CBOR items, one after another. Tags are passed over, but for big numbers, which JSON has no use for; byte strings become Base64, as in Elasticsearch.
struct CBORDecoder {
  private let bytes: [UInt8]
  private var at = 0
  /// What is open, and how many items of it are to come.
  private var open: [Container] = []

  private struct Container {
    var isMap: Bool
    /// Nil for one that a stop code ends.
    var left: UInt64?
    /// Whether a map's name has been read, and its value has not.
    var isAfterName = false
  }

  private struct Head {
    var major: CBOR.Major
    /// The low five bits.
    var info: UInt8
    /// Nil for what goes on until a stop code.
    var argument: UInt64?
  }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads one item.
  mutating func decode(into json: inout JSONWriter) throws(APIError) {
    repeat {
      try item(into: &json)
      try json.checkLimits()
      closeWhatIsWhole(&json)
    } while !open.isEmpty
  }

  var isAtEnd: Bool { at == bytes.count }

  func expectEnd() throws(APIError) {
    guard isAtEnd else { throw failure("unexpected content after the value") }
  }

  /// Passes over a byte, where it comes next.
  mutating func skip(_ byte: UInt8) {
    if at < bytes.count, bytes[at] == byte { at += 1 }
  }

  /// Ends maps and arrays that have as many items as they said.
  private mutating func closeWhatIsWhole(_ json: inout JSONWriter) {
    while let last = open.last, last.left == 0, !last.isAfterName { close(&json) }
  }

  private mutating func close(_ json: inout JSONWriter) {
    guard let ended = open.popLast() else { return }
    if ended.isMap { json.endObject() } else { json.endArray() }
    finishValue()
  }

  /// A value is whole: its container waits for the next.
  private mutating func finishValue() {
    guard let last = open.indices.last else { return }
    if open[last].isMap { open[last].isAfterName = false }
  }

  /// Reads a value, a name, the beginning of a container, or its stop code.
  private mutating func item(into json: inout JSONWriter) throws(APIError) {
    if let last = open.indices.last {
      if open[last].left == nil, at < bytes.count, bytes[at] == CBOR.stop {
        guard !open[last].isAfterName else { throw failure("a map ends after a name without its value") }
        at += 1
        close(&json)
        return
      }
      if !open[last].isAfterName, let left = open[last].left { open[last].left = left - 1 }
      if open[last].isMap, !open[last].isAfterName {
        open[last].isAfterName = true
        return try name(into: &json)
      }
    }
    try value(into: &json)
  }

  private mutating func name(into json: inout JSONWriter) throws(APIError) {
    let head = try untaggedHead()
    switch (head.major, head.argument) {
    case (.text, _): json.name(try string(head, isText: true).text)
    case (.unsigned, let number?): json.name(String(number))
    case (.negative, let number?) where number <= Int64.max: json.name(String(~Int64(number)))
    default: throw failure("the name of a member is no string")
    }
  }

  private mutating func value(into json: inout JSONWriter) throws(APIError) {
    let head = try untaggedHead()
    switch (head.major, head.argument) {
    case (.unsigned, let number?): json.number(String(number))
    case (.negative, let number?):
      guard number <= Int64.max else { throw failure("a number is below what 64 bits hold") }
      json.number(~Int64(number))
    case (.text, _): json.string(try string(head, isText: true).text)
    case (.bytes, _): json.binary(try string(head, isText: false).bytes)
    case (.array, let count):
      json.startArray()
      open.append(Container(isMap: false, left: count))
      return
    case (.map, let count):
      json.startObject()
      open.append(Container(isMap: true, left: count))
      return
    case (.simple, let argument): try simple(head.info, argument, into: &json)
    default: throw failure("an integer without a value")
    }
    finishValue()
  }

  private mutating func simple(_ info: UInt8, _ argument: UInt64?, into json: inout JSONWriter) throws(APIError) {
    let bits = argument ?? 0
    switch info {
    case 20: json.bool(false)
    case 21: json.bool(true)
    case 22, 23: json.null()  // Null, and undefined.
    case 25: try json.number(Self.half(UInt16(truncatingIfNeeded: bits)))
    case 26: try json.number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
    case 27: try json.number(Double(bitPattern: bits))
    default: throw failure(argument == nil ? "a stop code that ends nothing" : "a simple value [\(bits)] that is not known")
    }
  }

  /// A 16-bit float (RFC 8949, appendix D).
  private static func half(_ bits: UInt16) -> Double {
    let exponent = Int(bits >> 10 & 0x1F)
    let mantissa = Double(bits & 0x3FF)
    let magnitude: Double =
      switch exponent {
      case 0: mantissa * 0x1p-24
      case 31: mantissa == 0 ? .infinity : .nan
      default: Double(sign: .plus, exponent: exponent - 25, significand: mantissa + 1024)
      }
    return bits & 0x8000 == 0 ? magnitude : -magnitude
  }

  /// The whole of a string, of pieces where it is of indefinite length.
  private mutating func string(_ head: Head, isText: Bool) throws(APIError) -> (bytes: [UInt8], text: String) {
    var whole: [UInt8] = []
    if let count = head.argument {
      whole = Array(try take(count))
    } else {
      while true {
        let piece = try readHead()
        if piece.major == .simple, piece.info == 31 { break }
        guard piece.major == head.major, let count = piece.argument else { throw failure("a piece of a string is of another kind") }
        whole.append(contentsOf: try take(count))
      }
    }
    guard isText else { return (whole, "") }
    guard let text = String(validating: whole, as: UTF8.self) else { throw failure("invalid UTF-8 in a string") }
    return ([], text)
  }

  private mutating func take(_ count: UInt64) throws(APIError) -> ArraySlice<UInt8> {
    guard count <= bytes.count - at else { throw endOfContent }
    defer { at += Int(count) }
    return bytes[at..<at + Int(count)]
  }

  private mutating func untaggedHead() throws(APIError) -> Head {
    while true {
      let head = try readHead()
      guard head.major == .tag else { return head }
      guard head.argument != 2, head.argument != 3 else { throw failure("a number is beyond what 64 bits hold") }
    }
  }

  private mutating func readHead() throws(APIError) -> Head {
    guard at < bytes.count else { throw endOfContent }
    let first = bytes[at]
    guard let major = CBOR.Major(rawValue: first >> 5) else { throw endOfContent }
    at += 1
    let info = first & 0x1F
    switch info {
    case 0..<24: return Head(major: major, info: info, argument: UInt64(info))
    case 24...27:
      let argument = try take(1 << UInt64(info - 24)).reduce(0) { $0 << 8 | UInt64($1) }
      return Head(major: major, info: info, argument: argument)
    case 31 where major != .unsigned && major != .negative && major != .tag: return Head(major: major, info: info, argument: nil)
    default: throw failure("a length in [\(info)], which is reserved")
    }
  }

  private var endOfContent: APIError { failure("unexpected end of content") }

  private func failure(_ reason: String) -> APIError { .xContentParse("[byte \(at)] not valid CBOR: \(reason)", at: nil) }
}
