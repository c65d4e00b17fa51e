/// A response of HTTP/1.1, as far as a load generator looks at it.
struct Response {
  let status: Int
  /// `X-Elasticsearch-Async-Id`.
  let asyncID: [UInt8]?
  let body: [UInt8]

  /// Nil while there is more to come.
  init?(parsing bytes: [UInt8]) {
    guard let headEnd = Self.find(Array("\r\n\r\n".utf8), in: bytes, from: 0), bytes.count > 12 else { return nil }
    status = bytes[9..<12].reduce(0) { $0 * 10 + Int($1) - 48 }
    var length: Int?
    var isChunked = false
    var id: [UInt8]?
    var lineStart = 0
    while lineStart < headEnd {
      let lineEnd = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\r")) ?? headEnd
      let line = bytes[lineStart..<lineEnd]
      if let value = Self.value(of: Self.contentLength, in: line) { length = value.reduce(0) { $0 * 10 + Int($1) - 48 } }
      if Self.value(of: Self.transferEncoding, in: line) != nil { isChunked = true }
      if let value = Self.value(of: Self.asyncID, in: line) { id = Array(value) }
      lineStart = lineEnd + 2
    }
    asyncID = id
    let bodyStart = headEnd + 4
    if isChunked {
      guard let chunks = Self.unchunked(bytes, from: bodyStart) else { return nil }
      body = chunks
    } else {
      guard bytes.count >= bodyStart + (length ?? 0) else { return nil }
      body = Array(bytes[bodyStart..<(bodyStart + (length ?? 0))])
    }
  }

  func contains(_ text: StaticString) -> Bool {
    Self.find(Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)), in: body, from: 0) != nil
  }

  /// The number behind a member's name, in JSON without blanks.
  func number(_ name: String) -> Int64? {
    guard let at = Self.find(Array("\"\(name)\":".utf8), in: body, from: 0) else { return nil }
    let digits = body[(at + name.utf8.count + 3)...].prefix { 48...57 ~= $0 }
    return digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int64($1) - 48 }
  }

  /// The text behind a member's name, in JSON without blanks or escapes.
  func text(_ name: String) -> [UInt8]? {
    guard let at = Self.find(Array("\"\(name)\":\"".utf8), in: body, from: 0) else { return nil }
    return Array(body[(at + name.utf8.count + 4)...].prefix { $0 != UInt8(ascii: "\"") })
  }

  private static let contentLength = Array("content-length:".utf8)
  private static let transferEncoding = Array("transfer-encoding:".utf8)
  private static let asyncID = Array("x-elasticsearch-async-id:".utf8)

  private static func value(of name: [UInt8], in line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard line.count > name.count, zip(line, name).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else { return nil }
    return line.dropFirst(name.count).drop { $0 == 0x20 }
  }

  private static func unchunked(_ bytes: [UInt8], from start: Int) -> [UInt8]? {
    var body: [UInt8] = []
    var at = start
    while let end = find([13, 10], in: bytes, from: at) {
      guard let size = Int(String(decoding: bytes[at..<end], as: UTF8.self), radix: 16), bytes.count >= end + 4 + size else { return nil }
      if size == 0 { return body }
      body.append(contentsOf: bytes[(end + 2)..<(end + 2 + size)])
      at = end + 4 + size
    }
    return nil
  }

  private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= pattern.count else { return nil }
    var at = start
    while at <= bytes.count - pattern.count {
      if bytes[at] == pattern[0], bytes[at..<(at + pattern.count)].elementsEqual(pattern) { return at }
      at += 1
    }
    return nil
  }
}
