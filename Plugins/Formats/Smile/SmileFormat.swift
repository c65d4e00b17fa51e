import Meanwhile

/// Smile: JSON's values in the binary of the Jackson project (https://github.com/FasterXML/smile-format-specification).
public struct SmileFormat: ObjectFormat {
  public let name = "smile"
  public let mediaTypes = ["application/smile"]

  public init() {}

  public func makeEncoder() -> SmileEncoder { SmileEncoder() }

  public func decode(_ bytes: [UInt8], into json: inout JSONWriter) throws(APIError) {
    var decoder = try SmileDecoder(bytes)
    try decoder.decode(into: &json)
    try decoder.expectEnd()
  }

  /// Each value is a document of its own, with its own head.
  public func decodeLines(_ bytes: [UInt8], into json: inout JSONWriter) throws(APIError) {
    var decoder = try SmileDecoder(bytes)
    while true {
      try decoder.decode(into: &json)
      json.endLine()
      guard !decoder.isAtEnd else { return }
      try decoder.begin()
    }
  }
}

/// The tokens that reading and writing share.
enum Smile {
  /// What a document begins with; the fourth byte has the version and the flags.
  static let magic: [UInt8] = [0x3A, 0x29, 0x0A]

  /// What else the fourth byte says.
  enum Flag {
    static let sharedNames: UInt8 = 1
    static let sharedStrings: UInt8 = 2
  }

  static let emptyString: UInt8 = 0x20
  static let null: UInt8 = 0x21
  static let `false`: UInt8 = 0x22
  static let `true`: UInt8 = 0x23
  static let int32: UInt8 = 0x24
  static let int64: UInt8 = 0x25
  static let bigInteger: UInt8 = 0x26
  static let float: UInt8 = 0x28
  static let double: UInt8 = 0x29
  static let bigDecimal: UInt8 = 0x2A
  /// Of a name and of a string that is ended by ``endOfString``.
  static let longName: UInt8 = 0x34
  static let longASCII: UInt8 = 0xE0
  static let longUnicode: UInt8 = 0xE4
  static let safeBinary: UInt8 = 0xE8
  static let startArray: UInt8 = 0xF8
  static let endArray: UInt8 = 0xF9
  static let startObject: UInt8 = 0xFA
  static let endObject: UInt8 = 0xFB
  static let endOfString: UInt8 = 0xFC
  static let rawBinary: UInt8 = 0xFD
  static let endOfContent: UInt8 = 0xFF
}
