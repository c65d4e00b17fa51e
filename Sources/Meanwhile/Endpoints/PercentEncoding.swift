/// Percent-encoding of paths and query strings (RFC 3986, section 2.1).
public enum PercentEncoding {
  /// Decodes a path segment; what is no valid escape, or no valid UTF-8, stays as it is.
  ///
  /// - Parameter plusIsSpace: as in query strings.
  public static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return String(text) }
    let bytes = Array(text.utf8)
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "%"), at + 2 < bytes.count, let high = digit(bytes[at + 1]), let low = digit(bytes[at + 2]) {
        decoded.append(high << 4 | low)
        at += 3
      } else {
        decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        at += 1
      }
    }
    return String(validating: decoded, as: UTF8.self) ?? String(text)
  }

  /// Encodes a path segment, or a name or value of a query string.
  public static func encode(_ text: String) -> String {
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "*"), UInt8(ascii: ","):
        encoded.append(byte)
      default:
        encoded.append(UInt8(ascii: "%"))
        encoded.append(hex[Int(byte >> 4)])
        encoded.append(hex[Int(byte & 15)])
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  private static let hex = Array("0123456789ABCDEF".utf8)

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

extension Parameters {
  /// Reads a query string, without the `?`: `a=1&b&c=%20`.
  public init(queryString: some StringProtocol) {
    self.init(
      queryString.split(separator: "&").map { pair in
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (
          name: PercentEncoding.decode(parts[0], plusIsSpace: true),
          value: parts.count > 1 ? PercentEncoding.decode(parts[1], plusIsSpace: true) : ""
        )
      })
  }

  /// The query string that gives these parameters, without the `?`.
  public var queryString: String {
    pairs.map { pair in
      let name = PercentEncoding.encode(pair.name)
      return pair.value.isEmpty ? name : name + "=" + PercentEncoding.encode(pair.value)
    }.joined(separator: "&")
  }
}
