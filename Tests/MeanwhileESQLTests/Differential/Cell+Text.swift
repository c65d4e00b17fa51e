import Meanwhile
import MeanwhileData

// How the reference writes a value: in documents, in queries, and as the answer that it expects.

extension Cell {
  /// As the JSON of a document, and of a result.
  func json(_ type: DataType) -> JSONValue {
    switch self {
    case .null: .null
    case .boolean(let value): .bool(value)
    case .whole(let value) where type == .date || type == .dateNanos: .string(Moment(value, type).text)
    case .whole(let value): .integer(value)
    case .unsigned(let value): value > UInt64(Int64.max) ? .unsigned(value) : .integer(Int64(value))
    case .double(let value): .double(value)
    case .text(let value), .version(let value): .string(value)
    case .address(let bytes): .string(Self.text(ofAddress: bytes))
    case .several(let cells): .array(cells.map { $0.json(type) })
    }
  }

  /// As a query writes a constant.
  func literal(_ type: DataType) -> String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .whole(let value) where type == .date: "\"\(Moment(value, type).text)\"::datetime"
    case .whole(let value) where type == .dateNanos: "\"\(Moment(value, type).text)\"::date_nanos"
    case .whole(let value) where type == .long: value < 0 ? "(\(value))::long" : "\(value)::long"
    case .whole(let value): value < 0 ? "(\(value))" : "\(value)"
    case .unsigned(let value): "\(value)::unsigned_long"
    case .double(let value): value < 0 ? "(\(value))" : "\(value)"
    case .text(let value):
      "\"" + value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
    case .address(let bytes): "\"\(Self.text(ofAddress: bytes))\"::ip"
    case .version(let value): "\"\(value)\"::version"
    case .several(let cells): "[" + cells.map { $0.literal(type) }.joined(separator: ", ") + "]"
    }
  }

  /// As `TO_STRING` writes it.
  func text(_ type: DataType) -> String {
    switch self {
    case .boolean(let value): "\(value)"
    case .whole(let value) where type == .date || type == .dateNanos: Moment(value, type).text
    case .whole(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .double(let value): Self.javaText(of: value)
    case .text(let value), .version(let value): value
    case .address(let bytes): Self.text(ofAddress: bytes)
    case .null, .several: ""
    }
  }

  /// The shortest digits that read back as the number, with an exponent below a thousandth and from ten million on (`Double.toString` of Java).
  private static func javaText(of value: Double) -> String {
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    let sign = value < 0 ? "-" : ""
    // Swift's description has the digits; only their form differs.
    let parts = "\(value.magnitude)".split(separator: "e")
    var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let places = parts[0].split(separator: ".")
    var digits = String(places[0]) + (places.count > 1 ? String(places[1]) : "")
    exponent += places[0].count - 1
    while digits.hasPrefix("0") && digits.count > 1 {
      digits.removeFirst()
      exponent -= 1
    }
    while digits.hasSuffix("0") && digits.count > 1 { digits.removeLast() }
    if exponent >= 7 || exponent < -3 {
      let rest = String(digits.dropFirst())
      return sign + String(digits.prefix(1)) + "." + (rest.isEmpty ? "0" : rest) + "E\(exponent)"
    }
    guard exponent >= 0 else { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
    let padded = digits + String(repeating: "0", count: max(0, exponent + 1 - digits.count))
    let rest = String(padded.dropFirst(exponent + 1))
    return sign + String(padded.prefix(exponent + 1)) + "." + (rest.isEmpty ? "0" : rest)
  }

  /// RFC 5952: groups without leading zeros, the longest run of zero groups left out.
  private static func text(ofAddress bytes: [UInt8]) -> String {
    if bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] {
      return bytes.suffix(4).map { "\($0)" }.joined(separator: ".")
    }
    let groups = (0..<8).map { Int(bytes[2 * $0]) * 256 + Int(bytes[2 * $0 + 1]) }
    var longest = 0..<0
    for start in 0..<8 {
      let length = groups[start...].prefix { $0 == 0 }.count
      if length > 1, length > longest.count { longest = start..<start + length }
    }
    func write(_ range: Range<Int>) -> String { groups[range].map { String($0, radix: 16) }.joined(separator: ":") }
    return longest.isEmpty ? write(0..<8) : write(0..<longest.lowerBound) + "::" + write(longest.upperBound..<8)
  }

  /// An IPv4 address.
  static func address(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) -> Cell {
    .address([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, first, second, third, fourth])
  }

  /// An IPv6 address by its eight groups.
  static func address(groups: [UInt16]) -> Cell { .address(groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }) }
}
