/// Values of `version` fields as bytes whose order is the order of versions.
///
/// The order is that of Semantic Versioning with any number of main parts: `1.9 < 1.10 < 2.0.0-alpha < 2.0.0`. A text that is no version sorts
/// behind all that are, by its bytes. Every text comes back as it was.
///
/// A key begins with 1 for a version and with 2 for any other text. A number is the count of its digits (1 ... 250) and the digits, so that longer
/// means larger. Behind the main parts stands 2 for a pre-release, 3 for none, and `.` before one more part, which gives just the order above.
public enum VersionKey {
  private static let valid: UInt8 = 1
  private static let invalid: UInt8 = 2
  private static let preRelease: UInt8 = 2
  private static let release: UInt8 = 3
  private static let dot = UInt8(ascii: ".")
  private static let numeric: UInt8 = 1
  private static let moreIdentifiers: UInt8 = 1
  private static let endOfIdentifiers: UInt8 = 0
  private static let digitCountMax = 250

  /// Appends the key of a version's text.
  public static func append(encoding utf8: UnsafeBufferPointer<UInt8>, to out: VectorBuilder<UInt8>) {
    let start = out.count
    if appendVersion(utf8, to: out) { return }
    out.truncate(to: start)
    out.append(invalid)
    out.append(contentsOf: utf8)
  }

  /// The key of a version's text, for constants.
  public static func encoded(_ text: String) -> [UInt8] {
    let out = VectorBuilder<UInt8>(capacity: 32)
    var text = text
    text.withUTF8 { append(encoding: $0, to: out) }
    return Array(out.buffer)
  }

  /// Whether a key is that of a valid version.
  public static func isValid(_ key: UnsafeBufferPointer<UInt8>) -> Bool { key.first == valid }

  /// Appends the text that a key was made from.
  public static func append(decoding key: UnsafeBufferPointer<UInt8>, to out: VectorBuilder<UInt8>) {
    guard key.first == valid else {
      out.append(contentsOf: UnsafeBufferPointer(rebasing: key.dropFirst()))
      return
    }
    var at = 1
    // What a key says of its own length is checked: keys may come from a file.
    func copyNumber() {
      guard at < key.count else { return }
      let end = min(key.count, at + 1 + Int(key[at]))
      out.append(contentsOf: UnsafeBufferPointer(rebasing: key[(at + 1)..<end]))
      at = end
    }
    copyNumber()
    while at < key.count, key[at] == dot {
      out.append(dot)
      at += 1
      copyNumber()
    }
    guard at < key.count else { return }
    let mark = key[at]
    at += 1
    if mark == preRelease {
      out.append(UInt8(ascii: "-"))
      identifiers: while at < key.count {
        if key[at] == numeric {
          at += 1
          copyNumber()
        } else {
          while at < key.count, key[at] > moreIdentifiers {
            out.append(key[at])
            at += 1
          }
        }
        guard at < key.count else { return }
        at += 1
        if key[at - 1] != moreIdentifiers { break identifiers }
        out.append(dot)
      }
    }
    guard at < key.count else { return }
    out.append(contentsOf: UnsafeBufferPointer(rebasing: key[at...]))
  }

  /// The text that a key was made from, for results.
  public static func decoded(_ key: some Collection<UInt8>) -> String {
    let out = VectorBuilder<UInt8>(capacity: 32)
    Array(key).withUnsafeBufferPointer { append(decoding: $0, to: out) }
    return String(decoding: out.buffer, as: UTF8.self)
  }

  // MARK: Encoding

  private static func appendVersion(_ bytes: UnsafeBufferPointer<UInt8>, to out: VectorBuilder<UInt8>) -> Bool {
    out.append(valid)
    var at = 0
    while true {
      let start = at
      while at < bytes.count, isDigit(bytes[at]) { at += 1 }
      guard appendNumber(UnsafeBufferPointer(rebasing: bytes[start..<at]), to: out) else { return false }
      guard at < bytes.count, bytes[at] == dot else { break }
      out.append(dot)
      at += 1
    }
    if at < bytes.count, bytes[at] == UInt8(ascii: "-") {
      out.append(preRelease)
      at += 1
      guard appendIdentifiers(bytes, &at, to: out) else { return false }
    } else {
      out.append(release)
    }
    guard at < bytes.count else { return true }
    guard bytes[at] == UInt8(ascii: "+"), isBuild(UnsafeBufferPointer(rebasing: bytes[(at + 1)...])) else { return false }
    out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[at...]))
    return true
  }

  private static func appendIdentifiers(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int, to out: VectorBuilder<UInt8>) -> Bool {
    while true {
      let start = at
      while at < bytes.count, isIdentifierByte(bytes[at]) { at += 1 }
      let identifier = UnsafeBufferPointer(rebasing: bytes[start..<at])
      guard !identifier.isEmpty else { return false }
      if identifier.allSatisfy(isDigit) {
        out.append(numeric)
        guard appendNumber(identifier, to: out) else { return false }
      } else {
        out.append(contentsOf: identifier)
      }
      guard at < bytes.count, bytes[at] == dot else {
        out.append(endOfIdentifiers)
        return true
      }
      out.append(moreIdentifiers)
      at += 1
    }
  }

  private static func appendNumber(_ digits: UnsafeBufferPointer<UInt8>, to out: VectorBuilder<UInt8>) -> Bool {
    guard let first = digits.first, digits.count <= digitCountMax else { return false }
    guard first != UInt8(ascii: "0") || digits.count == 1 else { return false }
    out.append(UInt8(digits.count))
    out.append(contentsOf: digits)
    return true
  }

  private static func isBuild(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var length = 0
    for byte in bytes {
      if byte == dot {
        guard length > 0 else { return false }
        length = 0
      } else {
        guard isIdentifierByte(byte) else { return false }
        length += 1
      }
    }
    return length > 0
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  private static func isIdentifierByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "-")
  }
}
