import MeanwhileData

/// The parts of a URI, as RFC 3986 divides it.
enum URIParts {
  static let fields: [(name: String, type: DataType)] = [
    ("domain", .keyword), ("fragment", .keyword), ("path", .keyword), ("extension", .keyword), ("port", .integer), ("query", .keyword),
    ("scheme", .keyword), ("user_info", .keyword), ("username", .keyword), ("password", .keyword),
  ]

  private enum Field: Int {
    case domain, fragment, path, fileExtension, port, query, scheme, userInfo, username, password
  }

  static func extract(_ text: UnsafeBufferPointer<UInt8>, into row: ExtractedColumns) throws(EvaluationFailure) {
    func add(_ range: Range<Int>, _ field: Field) { row.append(text.part(range.lowerBound, range.count), to: field.rawValue) }
    func first(_ byte: Unicode.Scalar, _ range: Range<Int>) -> Int? { range.first { text[$0] == UInt8(ascii: byte) } }
    for byte in text where byte <= 0x20 || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "\"") {
      throw EvaluationFailure(illegalArgument: "unable to parse URI [\(String(decoding: text, as: UTF8.self))]")
    }
    var rest = 0..<text.count
    if let hash = first("#", rest) {
      add(hash + 1..<rest.upperBound, .fragment)
      rest = rest.lowerBound..<hash
    }
    if let mark = first("?", rest) {
      add(mark + 1..<rest.upperBound, .query)
      rest = rest.lowerBound..<mark
    }
    if let colon = first(":", rest), rest.lowerBound..<colon == rest.lowerBound..<(first("/", rest).map { min($0, colon) } ?? colon),
      colon > 0
    {
      add(0..<colon, .scheme)
      rest = colon + 1..<rest.upperBound
    }
    if rest.count >= 2, text[rest.lowerBound] == UInt8(ascii: "/"), text[rest.lowerBound + 1] == UInt8(ascii: "/") {
      let start = rest.lowerBound + 2
      let end = first("/", start..<rest.upperBound) ?? rest.upperBound
      authority(text, start..<end, add, row)
      rest = end..<rest.upperBound
    }
    add(rest, .path)
    let slash = rest.last { text[$0] == UInt8(ascii: "/") } ?? rest.lowerBound
    if let dot = rest.last(where: { text[$0] == UInt8(ascii: ".") }), dot > slash { add(dot + 1..<rest.upperBound, .fileExtension) }
  }

  private static func authority(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ add: (Range<Int>, Field) -> Void, _ row: ExtractedColumns
  ) {
    var host = range
    if let at = range.last(where: { text[$0] == UInt8(ascii: "@") }) {
      let user = range.lowerBound..<at
      add(user, .userInfo)
      if let colon = user.first(where: { text[$0] == UInt8(ascii: ":") }) {
        add(user.lowerBound..<colon, .username)
        add(colon + 1..<at, .password)
      }
      host = at + 1..<range.upperBound
    }
    // A colon within the brackets of an IPv6 address is none of a port.
    if let colon = host.last(where: { text[$0] == UInt8(ascii: ":") }), !text[colon..<host.upperBound].contains(UInt8(ascii: "]")) {
      if let port = Int32(String(decoding: text[colon + 1..<host.upperBound], as: UTF8.self)) {
        row.append(Int64(port), to: Field.port.rawValue)
      }
      host = host.lowerBound..<colon
    }
    add(host, .domain)
  }
}
