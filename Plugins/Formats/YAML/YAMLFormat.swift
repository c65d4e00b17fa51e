#if YAML
import Meanwhile

/// YAML: what it can say of JSON's values, and no more.
///
/// Reading is by Yams, since YAML's grammar is no afternoon's work, and a build without the trait goes without it. Writing a JSON tree takes a page of code
/// and is done here, as it is made.
public struct YAMLFormat: ObjectFormat {
  public let name = "yaml"
  public let mediaTypes = ["application/yaml"]

  /// The longest body that is read: it is read whole, and what people write by hand is short.
  public static let bodyBytesMax = 1 << 20

  public init() {}

  public func makeEncoder() -> YAMLEncoder { YAMLEncoder() }

  public func decode(_ bytes: [UInt8], into json: inout JSONWriter) throws(APIError) {
    guard bytes.count <= Self.bodyBytesMax else {
      throw APIError(
        type: "content_too_long_exception", reason: "entity content is too long; YAML may have at most [\(Self.bodyBytesMax)] bytes",
        status: 413)
    }
    try YAMLDecoder.decode(bytes, into: &json)
  }
}
#endif
