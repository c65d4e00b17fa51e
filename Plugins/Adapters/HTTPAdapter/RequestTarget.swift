#if HTTP
import HTTPTypes
import Meanwhile

/// What a request asks for: its method and the two parts of its request target (RFC 9112, section 3.2).
struct RequestTarget {
  let method: EndpointRequest.Method
  /// Percent-encoded, as it came.
  let path: String
  let parameters: Parameters

  init(_ head: HTTPRequest) throws(APIError) {
    guard let method = EndpointRequest.Method(rawValue: head.method.rawValue) else {
      let known = EndpointRequest.Method.allCases.map(\.rawValue).joined(separator: ", ")
      throw APIError(
        type: "illegal_argument_exception", reason: "Unexpected HTTP method [\(head.method.rawValue)], expected one of [\(known)]",
        status: 405, headers: ["Allow": known])
    }
    self.method = method
    let target = head.path ?? "/"
    let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
    path = String(target[..<mark])
    guard path.utf8.first == UInt8(ascii: "/") else {
      throw .illegalArgument("the request target [\(target)] does not begin with [/]")
    }
    parameters = mark == target.endIndex ? Parameters() : try Self.parameters(of: target[mark...].dropFirst())
  }

  /// Decodes a query string: pairs between `&`, `+` for a blank, `%XX` for any byte of UTF-8.
  static func parameters(of query: Substring) throws(APIError) -> Parameters {
    var pairs: [(name: String, value: String)] = []
    for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
      let sign = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
      let name = try decoded(pair[..<sign])
      pairs.append((name: name, value: sign == pair.endIndex ? "" : try decoded(pair[sign...].dropFirst())))
    }
    return Parameters(pairs)
  }

  private static func decoded(_ encoded: Substring.UTF8View) throws(APIError) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(encoded.count)
    var rest = encoded[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
          throw .illegalArgument(
            "incomplete or malformed percent-encoding in [\(Substring(encoded))]: expected two hexadecimal digits after [%]")
        }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
#endif
