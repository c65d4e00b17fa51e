import MeanwhileData

/// A pattern of keys between delimiters, such as `%{clientip} [%{@timestamp}] %{status}`: what `DISSECT` cuts a text by.
///
/// Keys: `%{name}`, `%{+name}` (appended to what the key has, `/2` giving its place), `%{name->}` (the delimiter behind may be repeated), `%{?name}`
/// and `%{}` (skipped).
public struct DissectPattern: Sendable {
  struct Part: Sendable {
    /// The place of the key's name in ``names``; nil where it is skipped.
    var name: Int?
    /// Where among the key's parts it goes.
    var order: Int
    var skipsRepeatedDelimiters: Bool
    /// What stands behind the key; empty at the end.
    var delimiter: [UInt8]
  }

  /// The keys' names, in the order of their first appearance.
  public let names: [String]
  private let prefix: [UInt8]
  private let parts: [Part]
  private let separator: [UInt8]

  /// - Parameter separator: what stands between the parts of a key that is appended to.
  /// - Throws: ``CapturePatternError`` for a pattern without keys, with reference keys, or with keys that nothing keeps apart.
  public init(_ pattern: String, separator: String = "") throws(CapturePatternError) {
    self.separator = Array(separator.utf8)
    var rest = Substring(pattern)
    guard let start = rest.firstRange(of: "%{") else {
      throw CapturePatternError(reason: "Unable to find any keys or delimiters.")
    }
    prefix = Array(rest[..<start.lowerBound].utf8)
    rest = rest[start.lowerBound...]
    var names: [String] = []
    var parts: [Part] = []
    while let open = rest.firstRange(of: "%{") {
      guard let close = rest[open.upperBound...].firstIndex(of: "}") else {
        throw CapturePatternError(reason: "Unable to find any keys or delimiters.")
      }
      let key = rest[open.upperBound..<close]
      rest = rest[rest.index(after: close)...]
      let delimiter = rest.firstRange(of: "%{").map { rest[..<$0.lowerBound] } ?? rest
      parts.append(try Self.part(key, delimiter: Array(delimiter.utf8), &names, count: parts.count))
    }
    for part in parts.dropLast() where part.delimiter.isEmpty {
      throw CapturePatternError(reason: "No delimiter between keys")
    }
    self.names = names
    self.parts = parts
  }

  private static func part(_ key: Substring, delimiter: [UInt8], _ names: inout [String], count: Int) throws(CapturePatternError) -> Part {
    var key = key
    let isPadded = key.hasSuffix("->")
    if isPadded { key = key.dropLast(2) }
    if key.hasPrefix("*") || key.hasPrefix("&") {
      throw CapturePatternError(reason: "Reference keys not supported in dissect patterns: [%{\(key)}]")
    }
    if key.isEmpty || key.hasPrefix("?") {
      return Part(name: nil, order: 0, skipsRepeatedDelimiters: isPadded, delimiter: delimiter)
    }
    var order = count
    if key.hasPrefix("+") {
      key = key.dropFirst()
      if let slash = key.lastIndex(of: "/"), let place = Int(key[key.index(after: slash)...]) {
        order = place
        key = key[..<slash]
      }
    }
    let name = String(key)
    let index = names.firstIndex(of: name) ?? names.count
    if index == names.count { names.append(name) }
    return Part(name: index, order: order, skipsRepeatedDelimiters: isPadded, delimiter: delimiter)
  }

  /// Adds what the keys stand for in a text; nothing where it does not match.
  func extract(_ text: UnsafeBufferPointer<UInt8>, into row: ExtractedColumns) {
    guard text.hasPrefix(prefix) else { return }
    var at = prefix.count
    var found: [(part: Part, start: Int, end: Int)] = []
    for part in parts {
      var end = text.count
      var next = text.count
      if !part.delimiter.isEmpty {
        guard let place = part.delimiter.withUnsafeBufferPointer({ text.firstOffset(of: $0, from: at) }) else { return }
        end = place
        next = place + part.delimiter.count
        while part.skipsRepeatedDelimiters, next < text.count, text.part(next, text.count - next).hasPrefix(part.delimiter) {
          next += part.delimiter.count
        }
      }
      found.append((part, at, end))
      at = next
    }
    for name in names.indices {
      let pieces = found.filter { $0.part.name == name }.sorted { $0.part.order < $1.part.order }
      guard let first = pieces.first else { continue }
      guard pieces.count > 1 else {
        row.append(text.part(first.start, first.end - first.start), to: name)
        continue
      }
      var joined: [UInt8] = []
      for (index, piece) in pieces.enumerated() {
        if index > 0 { joined += separator }
        joined += text.part(piece.start, piece.end - piece.start)
      }
      joined.withUnsafeBufferPointer { row.append($0, to: name) }
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func hasPrefix(_ bytes: [UInt8]) -> Bool {
    guard bytes.count <= count else { return false }
    for index in bytes.indices where self[index] != bytes[index] { return false }
    return true
  }
}

extension Substring {
  fileprivate func firstRange(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
