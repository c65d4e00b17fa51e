/// One cell on the control plane: a literal, a constant, a cell of a small result. Row loops never see one.
public enum Value: Sendable, Hashable {
  case null
  case boolean(Bool)
  /// Every type of long layout, in that layout (unsigned longs with their sign bit flipped).
  case long(Int64)
  case double(Double)
  /// Every type of bytes layout, in that layout.
  case bytes([UInt8])
  /// Several values, none of them null or several themselves.
  case several([Value])

  public static func string(_ text: String) -> Value { .bytes(Array(text.utf8)) }

  /// The values one by one; none for null.
  public var elements: [Value] {
    switch self {
    case .null: []
    case .several(let values): values
    default: [self]
    }
  }
}

extension Column {
  /// A cell; for results, tests and folded constants, not for row loops.
  public func value(atRow row: Int) -> Value {
    let found = slots(ofRow: row).map(value(inSlot:))
    return switch found.count {
    case 0: .null
    case 1: found[0]
    default: .several(found)
    }
  }

  /// The value of a slot; see ``slots(ofRow:)``.
  public func value(inSlot slot: Int) -> Value {
    switch values {
    case .none: .null
    case .booleans(let values): .boolean(values[slot] != 0)
    case .longs(let values): .long(values[slot])
    case .doubles(let values): .double(values[slot])
    case .bytes(let values): .bytes(Array(values[slot]))
    case .ordinals(let ordinals, let dictionary, _): .bytes(Array(dictionary[Int(ordinals[slot])]))
    }
  }

  /// A column in which every row has the same cell.
  public init(constant value: Value, type: DataType, rowCount: Int) {
    self = ColumnBuilder.column(of: [value], type: type)
    self.rowCount = rowCount
    isConstant = true
  }
}
