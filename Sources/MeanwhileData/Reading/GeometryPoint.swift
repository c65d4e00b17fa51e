import Meanwhile

/// A point as documents give it in any of five forms: `{"lat":…,"lon":…}`, `{"type":"Point","coordinates":[…]}`, `[lon,lat]`, `"lat,lon"`, `"POINT (lon lat)"`;
/// a cartesian point with `x` and `y` in place of `lon` and `lat`, and its text in the order `"x,y"`.
///
/// In a column it is well-known binary (OGC 06-103r4): one byte 1 for little-endian, type 1 as four bytes, x and y as doubles; so points and shapes have one form.
public struct GeometryPoint: Sendable, Hashable {
  /// Longitude in degrees, or x.
  public var x: Double
  /// Latitude in degrees, or y.
  public var y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  init(_ value: JSONValue, isGeographic: Bool) throws(APIError) {
    guard let point = Self.read(value, isGeographic: isGeographic) else {
      throw Self.malformed(isGeographic ? "geo_point expected" : "point expected")
    }
    if isGeographic {
      guard (-90...90).contains(point.y) else { throw .illegalArgument("illegal latitude value [\(point.y)] for \(value.preview)") }
      guard (-180...180).contains(point.x) else { throw .illegalArgument("illegal longitude value [\(point.x)] for \(value.preview)") }
    }
    guard point.x.isFinite, point.y.isFinite else { throw Self.malformed("a point's coordinates must be finite") }
    self = point
  }

  private static func malformed(_ reason: String) -> APIError { APIError(type: "parse_exception", reason: reason, status: 400) }

  private static func read(_ value: JSONValue, isGeographic: Bool) -> GeometryPoint? {
    switch value {
    case .object(let object):
      if let coordinates = object["coordinates"] { return read(coordinates, isGeographic: isGeographic) }
      let (first, second) = isGeographic ? ("lon", "lat") : ("x", "y")
      guard let x = number(object[first]), let y = number(object[second]) else { return nil }
      return GeometryPoint(x: x, y: y)
    case .array(let parts):
      guard parts.count == 2 || parts.count == 3, let x = number(parts[0]), let y = number(parts[1]) else { return nil }
      return GeometryPoint(x: x, y: y)
    case .string(let text): return read(text, isGeographic: isGeographic)
    default: return nil
    }
  }

  private static func read(_ text: String, isGeographic: Bool) -> GeometryPoint? {
    let blanks: Set<Character> = [" ", "\t"]
    if text.uppercased().hasPrefix("POINT") {
      guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close else { return nil }
      let parts = text[text.index(after: open)..<close].split { blanks.contains($0) }.compactMap { Double($0) }
      guard parts.count == 2 || parts.count == 3 else { return nil }
      return GeometryPoint(x: parts[0], y: parts[1])
    }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { !blanks.contains($0) } }
    guard parts.count == 2 || parts.count == 3, let first = Double(parts[0]), let second = Double(parts[1]) else { return nil }
    return isGeographic ? GeometryPoint(x: second, y: first) : GeometryPoint(x: first, y: second)
  }

  private static func number(_ value: JSONValue?) -> Double? {
    if let text = value?.string { return Double(text) }
    return value?.double
  }

  /// Bytes of a point in a column.
  public static let byteCount = 21

  /// Appends the 21 bytes of a column's value.
  public func appendWellKnownBinary(to out: VectorBuilder<UInt8>) {
    out.append(1)
    for byte: UInt8 in [1, 0, 0, 0] { out.append(byte) }
    for bits in [x.bitPattern, y.bitPattern] {
      for shift in stride(from: UInt64(0), to: 64, by: 8) { out.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }
  }

  /// Appends well-known text: `POINT (1.0 2.0)`.
  public func appendText(to out: VectorBuilder<UInt8>) {
    for byte in "POINT (".utf8 { out.append(byte) }
    NumberText.append(x, to: out)
    out.append(UInt8(ascii: " "))
    NumberText.append(y, to: out)
    out.append(UInt8(ascii: ")"))
  }

  /// A point from a column's bytes; nil where they are no point.
  public init?(wellKnownBinary bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count == Self.byteCount, bytes[0] == 1, bytes[1] == 1 else { return nil }
    func double(at start: Int) -> Double {
      var bits: UInt64 = 0
      for index in (0..<8).reversed() { bits = bits << 8 | UInt64(bytes[start + index]) }
      return Double(bitPattern: bits)
    }
    self.init(x: double(at: 5), y: double(at: 13))
  }
}

extension JSONValue {
  /// A value as error messages show it: objects as `{a=1, b=2}`.
  var preview: String {
    switch self {
    case .null: "null"
    case .bool(let value): String(value)
    case .integer(let value): String(value)
    case .unsigned(let value): String(value)
    case .double(let value): JSONText.javaSpelling(of: value)
    case .string(let value): value
    case .array(let values): "[" + values.map(\.preview).joined(separator: ", ") + "]"
    case .object(let object): "{" + object.members.map { "\($0.name)=\($0.value.preview)" }.joined(separator: ", ") + "}"
    }
  }
}
