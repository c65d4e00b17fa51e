import Meanwhile

/// A constant as it stands in a query or among its parameters, with the type that its spelling gives it.
enum LiteralSyntax: Sendable, Hashable {
  case null
  case boolean(Bool)
  /// A whole number that fits in 32 bits.
  case integer(Int32)
  /// One that fits in 64.
  case long(Int64)
  /// One that fits in 64 unsigned bits only.
  case unsignedLong(UInt64)
  case double(Double)
  case string(String)
  /// Several values of one type.
  case list([LiteralSyntax])

  /// The type's name in messages.
  var typeName: String {
    switch self {
    case .null: "null"
    case .boolean: "boolean"
    case .integer: "integer"
    case .long: "long"
    case .unsignedLong: "unsigned_long"
    case .double: "double"
    case .string: "keyword"
    case .list(let values): values.first?.typeName ?? "null"
    }
  }

  /// A whole number of digits, with a sign or none; one that fits no integer type is a double.
  init?(wholeNumber text: String) {
    if let value = Int32(text) {
      self = .integer(value)
    } else if let value = Int64(text) {
      self = .long(value)
    } else if let value = UInt64(text) {
      self = .unsignedLong(value)
    } else if let value = Double(text), value.isFinite {
      self = .double(value)
    } else {
      return nil
    }
  }
}

extension LiteralSyntax: CustomStringConvertible {
  var description: String {
    switch self {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .long(let value): String(value)
    case .unsignedLong(let value): String(value)
    case .double(let value): JSONText.javaSpelling(of: value)
    case .string(let value): JSONValue.string(value).text()
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    }
  }
}
