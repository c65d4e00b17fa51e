/// Writes JSON that it is told in pieces: what bodies in other formats become, and what `pretty` responses are made by.
public struct JSONWriter: ObjectEncoder {
  public var bytes: [UInt8] = []
  /// The most bytes that ``checkLimits()`` lets be.
  public let bytesMax: Int
  /// How deep objects and arrays may nest, likewise.
  public let depthMax: Int
  private let isPretty: Bool
  /// Of each object and array that has not ended, whether it has anything in it.
  private var hasContent: [Bool] = []
  private var isAfterName = false

  public init(style: JSONValue.Style = .compact, bytesMax: Int = .max, depthMax: Int = .max) {
    if case .pretty = style { isPretty = true } else { isPretty = false }
    self.bytesMax = bytesMax
    self.depthMax = depthMax
  }

  /// To be called after each piece of what cannot be trusted.
  ///
  /// - Throws: a 413 where there is too much already, a 400 where it nests too deep.
  public func checkLimits() throws(APIError) {
    guard bytes.count <= bytesMax else {
      throw APIError(
        type: "content_too_long_exception", reason: "entity content is too long; it may become at most [\(bytesMax)] bytes of JSON",
        status: 413)
    }
    guard hasContent.count <= depthMax else { throw .xContentParse("nested deeper than [\(depthMax)] levels", at: nil) }
  }

  public mutating func startObject() { start(UInt8(ascii: "{")) }
  public mutating func endObject() { end(UInt8(ascii: "}")) }
  public mutating func startArray() { start(UInt8(ascii: "[")) }
  public mutating func endArray() { end(UInt8(ascii: "]")) }

  public mutating func name(_ utf8: UnsafeBufferPointer<UInt8>) {
    separate()
    JSONText.append(quoting: utf8, to: &bytes)
    bytes.append(contentsOf: isPretty ? " : ".utf8 : ":".utf8)
    isAfterName = true
  }

  public mutating func string(_ utf8: UnsafeBufferPointer<UInt8>) {
    separate()
    JSONText.append(quoting: utf8, to: &bytes)
  }

  public mutating func number(_ text: UnsafeBufferPointer<UInt8>) {
    separate()
    bytes.append(contentsOf: text)
  }

  public mutating func bool(_ value: Bool) {
    separate()
    bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
  }

  public mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  /// Ends a line, after a whole value and before another.
  public mutating func endLine() { bytes.append(UInt8(ascii: "\n")) }

  /// What has to stand in front of a name or a value.
  private mutating func separate() {
    guard !isAfterName else {
      isAfterName = false
      return
    }
    guard let last = hasContent.indices.last else { return }
    if hasContent[last] { bytes.append(UInt8(ascii: ",")) }
    hasContent[last] = true
    newline()
  }

  private mutating func start(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    hasContent.append(false)
  }

  private mutating func end(_ bracket: UInt8) {
    if hasContent.popLast() == true {
      newline()
    } else if isPretty {
      bytes.append(UInt8(ascii: " "))
    }
    bytes.append(bracket)
  }

  private mutating func newline() {
    guard isPretty else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * hasContent.count))
  }
}

extension ObjectEncoder {
  public mutating func name(_ text: String) {
    var text = text
    text.withUTF8 { name($0) }
  }

  public mutating func string(_ text: String) {
    var text = text
    text.withUTF8 { string($0) }
  }

  /// A number by its spelling in JSON.
  public mutating func number(_ text: String) {
    var text = text
    text.withUTF8 { number($0) }
  }

  public mutating func number(_ value: Int64) { number(String(value)) }

  /// - Throws: a 400 for what JSON has no number for.
  public mutating func number(_ value: Double) throws(APIError) {
    guard value.isFinite else { throw .xContentParse("[\(value)] is no number that a body may hold", at: nil) }
    number(JSONText.javaSpelling(of: value))
  }
}

extension JSONWriter {
  /// Bytes, which JSON has no place for, as Base64 (RFC 4648, section 4).
  public mutating func binary(_ bytes: [UInt8]) {
    string(Base64.standard(bytes))
  }
}
