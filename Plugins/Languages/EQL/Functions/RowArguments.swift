import MeanwhileData

/// The arguments of one row, each a single value: what a text function computes from. A view, no copy.
struct RowArguments {
  let columns: [Column]
  let row: Int

  var count: Int { columns.count }

  /// Whether an argument has no value in this row, or several.
  var hasNull: Bool {
    for column in columns where column.slots(ofRow: row).count != 1 { return true }
    return false
  }

  /// An argument's bytes; empty where it has none.
  func bytes(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    let column = columns[index]
    let slot = column.slots(ofRow: row).lowerBound
    return switch column.values {
    case .bytes(let values): values[slot]
    case .ordinals(let ordinals, let dictionary, _): dictionary[Int(ordinals[slot])]
    default: UnsafeBufferPointer(start: nil, count: 0)
    }
  }

  /// A whole number, narrowed to what positions need.
  func int(_ index: Int) -> Int {
    let column = columns[index]
    guard case .longs(let values) = column.values else { return 0 }
    let value = values[column.slots(ofRow: row).lowerBound]
    return Int(column.type == .unsignedLong ? (value >= 0 ? .max : value ^ .min) : value)
  }

  func bool(_ index: Int) -> Bool {
    let column = columns[index]
    guard case .booleans(let values) = column.values else { return false }
    return values[column.slots(ofRow: row).lowerBound] != 0
  }
}
