#if HTTP
import HTTPTypes
import Meanwhile

/// How a body is encoded on its way (RFC 9110, section 8.4): as it is, or compressed.
enum ContentCoding {
  case identity, gzip

  /// What a request's body is in.
  ///
  /// - Throws: a 415 for a coding that is not known here.
  init(ofRequest fields: HTTPFields) throws(APIError) {
    switch fields[.contentEncoding]?.lowercased() {
    case nil, "", "identity": self = .identity
    case "gzip", "x-gzip": self = .gzip
    case .some(let other):
      throw APIError(
        type: "illegal_argument_exception", reason: "Content-Encoding [\(other)] is not supported, expected [gzip] or none", status: 415,
        headers: ["Accept-Encoding": "gzip"])
    }
  }

  /// What a response may be sent in. Only gzip is ever chosen; a weight of zero refuses it (section 12.5.3).
  init(acceptedBy fields: HTTPFields) {
    let accepted = (fields[.acceptEncoding] ?? "").lowercased().split(separator: ",")
    let isAccepted = accepted.contains { item in
      let parts = item.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
      guard let name = parts.first, name == "gzip" || name == "x-gzip" else { return false }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
      return weight > 0
    }
    self = isAccepted ? .gzip : .identity
  }

  /// Bodies shorter than this are sent as they are: compressed, they fit into no fewer packets.
  static let compressedBytesMin = 1_400

  /// Whether a response is worth compressing. An event must not wait for those that would compress well with it.
  static func compresses(_ head: HTTPResponse) -> Bool {
    !head.headerFields.contains(.contentEncoding) && head.headerFields[.contentType]?.hasPrefix("text/event-stream") != true
  }
}
#endif
