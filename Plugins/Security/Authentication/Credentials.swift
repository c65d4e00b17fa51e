#if Security
import Foundation
import Meanwhile

/// What a request's `Authorization` header says: who it is from, and what proves it.
enum Credentials {
  /// No header, or one of a scheme that is not known here.
  case none
  case basic(username: String, password: String)
  case apiKey(id: String, secret: String)
  case bearer(token: String)

  /// The longest header that is looked at. A JSON web token is the longest there is.
  private static let bytesMax = 16 << 10

  /// - Throws: a 401 for a header that is not what its scheme says.
  init(of request: EndpointRequest) throws(APIError) {
    guard let header = request.headers["Authorization"], header.utf8.count <= Self.bytesMax else {
      self = .none
      return
    }
    let parts = header.split(separator: " ", maxSplits: 1)
    let value = parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
    switch parts.first?.lowercased() {
    case "basic":
      guard let (username, password) = Self.pair(value) else { throw .malformedCredentials("invalid basic authentication header value") }
      self = .basic(username: username, password: password)
    case "apikey":
      guard let (id, secret) = Self.pair(value) else { throw .malformedCredentials("invalid ApiKey value") }
      self = .apiKey(id: id, secret: secret)
    case "bearer" where !value.isEmpty: self = .bearer(token: value)
    default: self = .none
    }
  }

  /// `base64(first:second)`; the second may hold colons.
  private static func pair(_ value: String) -> (String, String)? {
    guard let data = Data(base64Encoded: value), let text = String(validating: data, as: UTF8.self),
      let colon = text.firstIndex(of: ":"), colon > text.startIndex
    else { return nil }
    return (String(text[..<colon]), String(text[text.index(after: colon)...]))
  }
}
#endif
