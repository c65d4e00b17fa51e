extension JSONValue {
  /// How a value is laid out.
  public enum Style: Sendable {
    /// No white space.
    case compact
    /// Two-space indentation and ` : ` between name and value, as Elasticsearch's `pretty` parameter gives it.
    case pretty
  }

  /// The value as UTF-8 JSON. Doubles print the way Java prints them (`1.0`, `1.0E10`); one that JSON cannot hold prints as null.
  public func encoded(_ style: Style = .compact) -> [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes, style: style, depth: 0)
    return bytes
  }

  /// The value as a JSON text.
  public func text(_ style: Style = .compact) -> String {
    String(decoding: encoded(style), as: UTF8.self)
  }

  private func write(to bytes: inout [UInt8], style: Style, depth: Int) {
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): bytes.append(contentsOf: String(value).utf8)
    case .unsigned(let value): bytes.append(contentsOf: String(value).utf8)
    case .double(let value): JSONText.append(value, to: &bytes)
    case .string(let value): JSONText.append(quoting: value, to: &bytes)
    case .array(let values):
      if values.isEmpty {
        bytes.append(contentsOf: style == .pretty ? "[ ]".utf8 : "[]".utf8)
        return
      }
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.newline(to: &bytes, style: style, depth: depth + 1)
        value.write(to: &bytes, style: style, depth: depth + 1)
      }
      Self.newline(to: &bytes, style: style, depth: depth)
      bytes.append(UInt8(ascii: "]"))
    case .object(let object):
      if object.isEmpty {
        bytes.append(contentsOf: style == .pretty ? "{ }".utf8 : "{}".utf8)
        return
      }
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.newline(to: &bytes, style: style, depth: depth + 1)
        JSONText.append(quoting: member.name, to: &bytes)
        bytes.append(contentsOf: style == .pretty ? " : ".utf8 : ":".utf8)
        member.value.write(to: &bytes, style: style, depth: depth + 1)
      }
      Self.newline(to: &bytes, style: style, depth: depth)
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func newline(to bytes: inout [UInt8], style: Style, depth: Int) {
    guard style == .pretty else { return }
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<depth { bytes.append(contentsOf: "  ".utf8) }
  }
}

/// The spelling of JSON's scalars, for whoever writes JSON as bytes.
public enum JSONText {
  private static let hex = Array("0123456789abcdef".utf8)

  /// Appends a quoted and escaped string.
  public static func append(quoting text: String, to bytes: inout [UInt8]) {
    var text = text
    text.withUTF8 { append(quoting: $0, to: &bytes) }
  }

  /// Appends a quoted and escaped string given as UTF-8.
  public static func append(quoting utf8: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var start = 0
    for index in 0..<utf8.count {
      let byte = utf8[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
      start = index + 1
      bytes.append(UInt8(ascii: "\\"))
      switch byte {
      case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
      case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
      case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
      case 0x08: bytes.append(UInt8(ascii: "b"))
      case 0x0C: bytes.append(UInt8(ascii: "f"))
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
      default:
        bytes.append(contentsOf: "u00".utf8)
        bytes.append(hex[Int(byte >> 4)])
        bytes.append(hex[Int(byte & 15)])
      }
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<utf8.count]))
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends a double as Java's `Double.toString` spells it; null for a value that JSON cannot hold.
  public static func append(_ value: Double, to bytes: inout [UInt8]) {
    guard value.isFinite else {
      bytes.append(contentsOf: "null".utf8)
      return
    }
    bytes.append(contentsOf: javaSpelling(of: value).utf8)
  }

  /// A double as Java's `Double.toString` spells it: at least one fraction digit, and an exponent (`1.0E10`, `1.0E-5`)
  /// outside of 0.001 ..< 10,000,000.
  public static func javaSpelling(of value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    // Swift's description has the shortest digits that round-trip; only their layout differs.
    var digits: [UInt8] = []
    var exponent = 0
    var pointAt: Int?
    for byte in value.magnitude.description.utf8 {
      switch byte {
      case UInt8(ascii: "."): pointAt = digits.count
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        let text = value.magnitude.description
        if let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
          exponent = Int(text[text.index(after: mark)...].drop { $0 == "+" }) ?? 0
        }
      default: if digits.count < 32, exponent == 0 { digits.append(byte) }
      }
      if exponent != 0 { break }
    }
    exponent += pointAt ?? digits.count
    let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
    digits.removeFirst(leading)
    exponent -= leading
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    // The value is 0.DIGITS × 10^exponent.
    var text = value < 0 ? "-" : ""
    func piece(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
    if value.magnitude >= 1e-3 && value.magnitude < 1e7 {
      if exponent <= 0 {
        text += "0." + String(repeating: "0", count: -exponent) + piece(0..<digits.count)
      } else if exponent >= digits.count {
        text += piece(0..<digits.count) + String(repeating: "0", count: exponent - digits.count) + ".0"
      } else {
        text += piece(0..<exponent) + "." + piece(exponent..<digits.count)
      }
    } else {
      text += piece(0..<1) + "." + (digits.count > 1 ? piece(1..<digits.count) : "0") + "E" + String(exponent - 1)
    }
    return text
  }
}
