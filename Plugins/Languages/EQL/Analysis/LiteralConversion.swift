import Meanwhile
import MeanwhileData

/// Constants as what they are compared with.
enum LiteralConversion {
  /// A constant in another type; nil where there is no such value.
  static func value(_ value: Value, of type: DataType, as other: DataType) -> Value? {
    switch value {
    case .bytes(let bytes) where type.isString: parsed(String(decoding: bytes, as: UTF8.self), as: other)
    case .long(let number) where other.isString: .string(String(number))
    case .double(let number) where other.isString: .string(JSONText.javaSpelling(of: number))
    case .boolean(let flag) where other.isString: .string(String(flag))
    default: nil
    }
  }

  /// The type that numbers written as text become: whole ones compare with wholes, all others as doubles.
  static func type(of value: Value, for other: DataType) -> DataType {
    guard other.isNumeric else { return other }
    if case .double = value { return .double }
    return .long
  }

  private static func parsed(_ text: String, as type: DataType) -> Value? {
    switch type {
    case .ip: IPAddress(parsing: text).map { .bytes($0.bytes) }
    case .version: .bytes(VersionKey.encoded(text))
    case .boolean: text == "true" ? .boolean(true) : text == "false" ? .boolean(false) : nil
    case .integer, .long, .unsignedLong, .double:
      NumberText.parseInt64(text).map(Value.long) ?? NumberText.parseDouble(text).map(Value.double)
    default: nil
    }
  }
}
