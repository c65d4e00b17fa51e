/// One value of a join key. Numbers of different types are equal when they are the same number.
enum JoinKey: Sendable, Hashable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case unsigned(UInt64)
  case decimal(Double)
  case string(String)
  /// Milliseconds since the Unix epoch.
  case date(Int64)
  /// Nanoseconds since the Unix epoch.
  case dateNanos(Int64)
  /// 16 bytes as an IPv6 address, and as clients see it.
  case ip(bytes: [UInt8], text: String)
}

extension JoinKey: Comparable {
  /// Null first, then by kind, then by value; text by its UTF-8.
  static func < (left: JoinKey, right: JoinKey) -> Bool {
    switch (left, right) {
    case (.boolean(let a), .boolean(let b)): !a && b
    case (.integer(let a), .integer(let b)), (.date(let a), .date(let b)), (.dateNanos(let a), .dateNanos(let b)): a < b
    case (.unsigned(let a), .unsigned(let b)): a < b
    case (.decimal(let a), .decimal(let b)): a < b
    case (.string(let a), .string(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.ip(let a, _), .ip(let b, _)): a.lexicographicallyPrecedes(b)
    default: left.kindOrder < right.kindOrder
    }
  }

  private var kindOrder: Int {
    switch self {
    case .null: 0
    case .boolean: 1
    case .integer: 2
    case .unsigned: 3
    case .decimal: 4
    case .date: 5
    case .dateNanos: 6
    case .ip: 7
    case .string: 8
    }
  }

  /// A whole number, in the form that equals any other spelling of it.
  static func number(_ value: Double) -> JoinKey {
    Int64(exactly: value).map(JoinKey.integer) ?? .decimal(value)
  }

  static func number(_ value: UInt64) -> JoinKey {
    Int64(exactly: value).map(JoinKey.integer) ?? .unsigned(value)
  }
}
