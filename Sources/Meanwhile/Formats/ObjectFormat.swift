/// A way to write what JSON says, other than JSON: a plugin point.
///
/// Contract. Endpoints speak JSON alone. A request's body in another format becomes JSON before its handler sees it (``decode(_:into:)``), and a JSON
/// response becomes the format that its client asked for as it is sent (``makeEncoder()``): every endpoint speaks every format, whoever wrote either.
/// Which one a request means is told by its `format` parameter, else its `Accept`, else its `Content-Type`. Both functions may be called at any time, from
/// any thread. Bodies are written by whoever likes: decoding trusts no length, keeps to the limits of the writer that it is given, and neither nests calls
/// as deep as the body nests nor lets it decide how much memory is asked for.
///
/// A format is added with ``ServiceBuilder/add(format:)``. Shipped implementations: `CBORFormat`, `SmileFormat` and `YAMLFormat`, a module each.
public protocol ObjectFormat: Sendable {
  associatedtype Encoder: ObjectEncoder

  /// The value of the `format` parameter, lowercase: `cbor`.
  var name: String { get }
  /// Media types that ask for it, lowercase, without parameters. The first is what responses say.
  var mediaTypes: [String] { get }
  /// Reads a body, and says what it holds in JSON.
  ///
  /// - Throws: a 400 that says what is wrong and where; a 413 where it becomes too long.
  func decode(_ bytes: [UInt8], into json: inout JSONWriter) throws(APIError)
  /// Reads a body of several values, one after another (``Route/BodyRule/lines``), and says them in JSON, a line each.
  ///
  /// - Throws: what ``decode(_:into:)`` throws; a 400 where the format cannot tell where a value ends, as the default does.
  func decodeLines(_ bytes: [UInt8], into json: inout JSONWriter) throws(APIError)
  /// An encoder of one response.
  func makeEncoder() -> Encoder
}

/// Writes one value that it is told in pieces, in order, as a reader of JSON comes by them.
///
/// What it is told is well-formed: every object and array that starts ends, and in an object names and values take turns. It holds no more than what it has
/// not been asked for yet.
public protocol ObjectEncoder: Sendable {
  /// What is written so far. Whoever sends it on empties it.
  var bytes: [UInt8] { get set }

  mutating func startObject()
  mutating func endObject()
  mutating func startArray()
  mutating func endArray()
  /// The name of the member whose value comes next.
  mutating func name(_ utf8: UnsafeBufferPointer<UInt8>)
  mutating func string(_ utf8: UnsafeBufferPointer<UInt8>)
  /// A number in JSON's spelling.
  mutating func number(_ text: UnsafeBufferPointer<UInt8>)
  mutating func bool(_ value: Bool)
  mutating func null()
}

/// A number, by its spelling in JSON.
public enum JSONNumber: Sendable, Hashable {
  case integer(Int64)
  /// Above `Int64.max`.
  case unsigned(UInt64)
  case double(Double)

  /// Whole numbers that fit are whole; everything else is a double, the nearest that there is.
  public init(_ text: UnsafeBufferPointer<UInt8>) {
    if let value = Self.whole(text) {
      self = .integer(value)
      return
    }
    let spelled = String(decoding: text, as: UTF8.self)
    if let value = UInt64(spelled) { self = .unsigned(value) } else { self = .double(Double(spelled) ?? .nan) }
  }

  /// Most numbers: read without a string.
  private static func whole(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    let isNegative = text.first == UInt8(ascii: "-")
    let digits = isNegative ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.count <= 18 else { return Int64(String(decoding: text, as: UTF8.self)) }
    var value: Int64 = 0
    for digit in digits {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
      value = value * 10 + Int64(digit - UInt8(ascii: "0"))
    }
    return isNegative ? -value : value
  }
}

extension ObjectFormat {
  public func decodeLines(_ bytes: [UInt8], into json: inout JSONWriter) throws(APIError) {
    throw .illegalArgument("a body of several values cannot be [\(name)]; expected a line of JSON for each")
  }

  /// A value in this format.
  public func encode(_ value: JSONValue) -> [UInt8] {
    var tokenizer = JSONTokenizer(makeEncoder())
    tokenizer.read(value.encoded(), isLast: true)
    return tokenizer.encoder.bytes
  }
}
