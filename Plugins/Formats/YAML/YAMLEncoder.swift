#if YAML
import Meanwhile

/// Writes YAML as Elasticsearch does: block style, values of strings in double quotes, the items of an array no deeper than its name.
public struct YAMLEncoder: ObjectEncoder {
  public var bytes: [UInt8] = Array("---\n".utf8)
  private var open: [Container] = []

  /// An object or array that has not ended.
  private struct Container {
    var isObject: Bool
    var indentation: Int
    var isEmpty = true
    /// Whether its first entry begins on the line that it stands on.
    var beginsInLine: Bool
  }

  init() {}

  public mutating func startObject() { start(isObject: true) }
  public mutating func startArray() { start(isObject: false) }
  public mutating func endObject() { end("{}") }
  public mutating func endArray() { end("[]") }

  public mutating func name(_ utf8: UnsafeBufferPointer<UInt8>) {
    beginEntry()
    if Self.isPlain(utf8) { bytes.append(contentsOf: utf8) } else { quote(utf8) }
    bytes.append(UInt8(ascii: ":"))
  }

  public mutating func string(_ utf8: UnsafeBufferPointer<UInt8>) {
    beginScalar()
    quote(utf8)
    bytes.append(UInt8(ascii: "\n"))
  }

  public mutating func number(_ text: UnsafeBufferPointer<UInt8>) {
    beginScalar()
    for (index, byte) in text.enumerated() {
      bytes.append(byte)
      // YAML 1.1 has no exponent without a sign: it would read a string.
      if byte | 0x20 == UInt8(ascii: "e"), index + 1 < text.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= text[index + 1] {
        bytes.append(UInt8(ascii: "+"))
      }
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  public mutating func bool(_ value: Bool) { plain(value ? "true" : "false") }
  public mutating func null() { plain("null") }

  private mutating func plain(_ text: String) {
    beginScalar()
    bytes.append(contentsOf: text.utf8)
    bytes.append(UInt8(ascii: "\n"))
  }

  /// What has to stand in front of a member's name, or of an array's item.
  private mutating func beginEntry() {
    guard let last = open.indices.last else { return }
    if open[last].isEmpty {
      open[last].isEmpty = false
      if !open[last].beginsInLine {
        bytes.append(UInt8(ascii: "\n"))
        indent(open[last].indentation)
      }
    } else {
      indent(open[last].indentation)
    }
    if !open[last].isObject { bytes.append(contentsOf: "- ".utf8) }
  }

  private mutating func beginScalar() {
    guard let container = open.last else { return }
    if container.isObject { bytes.append(UInt8(ascii: " ")) } else { beginEntry() }
  }

  private mutating func start(isObject: Bool) {
    guard let parent = open.last else {
      open.append(Container(isObject: isObject, indentation: 0, beginsInLine: true))
      return
    }
    if !parent.isObject { beginEntry() }
    let isItemOfObject = parent.isObject && !isObject
    let indentation = parent.indentation + (isItemOfObject ? 0 : 2)
    open.append(Container(isObject: isObject, indentation: indentation, beginsInLine: !parent.isObject))
  }

  private mutating func end(_ empty: String) {
    guard let ended = open.popLast(), ended.isEmpty else { return }
    if open.last?.isObject == true { bytes.append(UInt8(ascii: " ")) }
    bytes.append(contentsOf: empty.utf8)
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func indent(_ count: Int) {
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
  }

  // MARK: Scalars

  /// Whether a name means itself without quotes, in every version of YAML.
  private static func isPlain(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = utf8.first, isLetter(first) || first == UInt8(ascii: "_") else { return false }
    guard utf8.allSatisfy({ isLetter($0) || isDigit($0) || [0x5F, 0x2D, 0x2E, 0x2F].contains($0) }) else { return false }
    return utf8.count > 5 || !reserved.contains(String(decoding: utf8, as: UTF8.self).lowercased())
  }

  private static let reserved: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]

  private static func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 }
  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  private mutating func quote(_ utf8: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    if utf8.allSatisfy({ 0x20..<0x7F ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      bytes.append(contentsOf: utf8)
    } else {
      for scalar in String(decoding: utf8, as: UTF8.self).unicodeScalars { append(scalar) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"", "\\": bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: scalar)])
    case "\n": bytes.append(contentsOf: "\\n".utf8)
    case "\r": bytes.append(contentsOf: "\\r".utf8)
    case "\t": bytes.append(contentsOf: "\\t".utf8)
    // What is not printable, and what readers take for the end of a line (YAML 1.2.2, sections 5.1 and 5.4).
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
      let digits = String(scalar.value, radix: 16, uppercase: true)
      bytes.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
    default: bytes.append(contentsOf: String(scalar).utf8)
    }
  }
}
#endif
