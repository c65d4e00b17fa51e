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

  /// An object with one more member, whose value is JSON already, in pieces.
  public func encoded(appending name: String, _ pieces: [[UInt8]]) -> [UInt8] {
    var bytes = encoded()
    bytes.removeLast()
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    JSONText.append(quoting: name, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    for piece in pieces { bytes.append(contentsOf: piece) }
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  /// An object with one more member, whose value is JSON already, made as it is read.
  public func encoded(appending name: String, _ value: ChunkStream) -> ChunkStream {
    var head = encoded()
    head.removeLast()
    if head.count > 1 { head.append(UInt8(ascii: ",")) }
    JSONText.append(quoting: name, to: &head)
    head.append(UInt8(ascii: ":"))
    return value.between(head, and: [UInt8(ascii: "}")])
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
    // Swift's description has the shortest digits that round-trip, as Java's has; only their layout differs.
    let parts = value.magnitude.description.split(separator: "e")
    let mantissa = parts[0].split(separator: ".")
    let fraction = mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : ""
    let spelled = mantissa[0] + fraction
    let digits = spelled.drop { $0 == "0" }
    // The value is 0.DIGITS × 10^scale.
    let scale = mantissa[0].count - (spelled.count - digits.count) + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    let sign = value < 0 ? "-" : ""
    guard value.magnitude >= 1e-3, value.magnitude < 1e7 else {
      let significant = digits.trimmingTrailingZeros()
      let rest = significant.dropFirst()
      return "\(sign)\(significant.prefix(1)).\(rest.isEmpty ? "0" : rest)E\(scale - 1)"
    }
    if scale <= 0 { return sign + "0." + String(repeating: "0", count: -scale) + digits }
    if scale >= digits.count { return sign + digits + String(repeating: "0", count: scale - digits.count) + ".0" }
    return sign + digits.prefix(scale) + "." + digits.dropFirst(scale)
  }
}

extension Substring {
  fileprivate func trimmingTrailingZeros() -> Substring {
    guard let last = lastIndex(where: { $0 != "0" }) else { return self }
    return self[...last]
  }
}
