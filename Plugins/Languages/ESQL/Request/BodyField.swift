import Meanwhile
import MeanwhileData

/// One field of a request's body, with where it stands, for errors that say so.
struct BodyField {
  var name: String
  var value: JSONValue
  /// Where the value starts.
  var location: JSONLocation?
  /// The parser's name in errors.
  var parser: String

  func string() throws(APIError) -> String {
    guard let text = value.string else { throw unsupported() }
    return text
  }

  /// A boolean, or one in quotes.
  func bool() throws(APIError) -> Bool {
    switch value {
    case .bool(let flag): return flag
    case .string("true"): return true
    case .string("false"): return false
    case .string(let text):
      throw failed(.illegalArgument("Failed to parse value [\(text)] as only [true] or [false] are allowed."))
    default: throw unsupported()
    }
  }

  func object() throws(APIError) -> JSONValue {
    guard value.object != nil else { throw unsupported() }
    return value
  }

  func time() throws(APIError) -> TimeValue {
    let text = try string()
    do { return try TimeValue(parsing: text, setting: name) } catch { throw failed(error) }
  }

  /// The name of a time zone that exists.
  func timeZone() throws(APIError) -> String {
    let text = try string()
    guard TimeZoneRules(id: text) != nil else { throw failed(.illegalArgument("Unknown time-zone ID: \(text)")) }
    return text
  }

  /// The value cannot be read.
  func failed(_ cause: APIError) -> APIError {
    .xContentParse("[\(parser)] failed to parse field [\(name)]", at: location, causedBy: cause)
  }

  /// The value is of the wrong JSON type.
  func unsupported() -> APIError {
    .xContentParse("[\(parser)] \(name) doesn't support values of type: \(value.tokenName)", at: location)
  }

  /// The field is none of those there are.
  func unknown(in body: [UInt8], known: [String]) -> APIError {
    let similar = Suggestions.closest(to: name, among: known)
    let suggestion =
      similar.isEmpty ? "" : " did you mean " + (similar.count == 1 ? "" : "any of ") + "[\(similar.joined(separator: ", "))]?"
    return .xContentParse("[\(parser)] unknown field [\(name)]\(suggestion)", at: nameLocation(in: body))
  }

  /// Where the field's name begins: what stands before its value, walked backwards.
  private func nameLocation(in body: [UInt8]) -> JSONLocation? {
    guard let location else { return nil }
    var lineStart = 0
    for _ in 1..<max(1, location.line) {
      guard let newline = body[lineStart...].firstIndex(of: UInt8(ascii: "\n")) else { return location }
      lineStart = newline + 1
    }
    let name = Array("\"\(name)\"".utf8)
    var at = lineStart + location.column - 1 - name.count
    while at >= 0 {
      if at + name.count <= body.count, body[at..<at + name.count].elementsEqual(name) {
        let start = body[..<at].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = body[..<at].count { $0 == UInt8(ascii: "\n") } + 1
        return JSONLocation(line: line, column: at - start + 1)
      }
      at -= 1
    }
    return location
  }
}
