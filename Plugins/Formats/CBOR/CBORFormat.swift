import Meanwhile

/// CBOR (RFC 8949): JSON's values in binary.
public struct CBORFormat: ObjectFormat {
  public let name = "cbor"
  public let mediaTypes = ["application/cbor"]

  public init() {}

  public func makeEncoder() -> CBOREncoder { CBOREncoder() }

  public func decode(_ bytes: [UInt8], into json: inout JSONWriter) throws(APIError) {
    var decoder = CBORDecoder(bytes)
    try decoder.decode(into: &json)
    try decoder.expectEnd()
  }

  /// Between two values a stop code may stand, as Elasticsearch's clients put one.
  public func decodeLines(_ bytes: [UInt8], into json: inout JSONWriter) throws(APIError) {
    var decoder = CBORDecoder(bytes)
    while !decoder.isAtEnd {
      try decoder.decode(into: &json)
      json.endLine()
      decoder.skip(CBOR.stop)
    }
  }
}

/// The parts of an item's first byte that reading and writing share.
enum CBOR {
  /// The first three bits.
  enum Major: UInt8 {
    case unsigned, negative, bytes, text, array, map, tag, simple
  }

  static let `false`: UInt8 = 0xF4
  static let `true`: UInt8 = 0xF5
  static let null: UInt8 = 0xF6
  static let double: UInt8 = 0xFB
  /// An array or a map that goes on until ``stop``.
  static let openArray: UInt8 = 0x9F
  static let openMap: UInt8 = 0xBF
  static let stop: UInt8 = 0xFF
}
