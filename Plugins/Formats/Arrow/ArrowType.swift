import MeanwhileData

/// How values of an ES|QL type lie in Arrow's memory.
struct ArrowType: Sendable {
  enum Layout: Sendable {
    case null, bool, int32, int64, uint64, float64, utf8, binary
    /// The unit as Arrow numbers it: 1 for milliseconds, 3 for nanoseconds.
    case timestamp(unit: Int16)
  }

  /// The ES|QL type's name, which goes along as metadata.
  let name: String
  let layout: Layout

  /// Nil for a type that has no place there.
  init?(_ type: DataType) {
    guard let layout = Self.layouts[type] else { return nil }
    name = type.name
    self.layout = layout
  }

  private static let layouts: [DataType: Layout] = [
    .null: .null, .unsupported: .null, .boolean: .bool, .integer: .int32, .counterInteger: .int32, .long: .int64, .counterLong: .int64,
    .unsignedLong: .uint64, .double: .float64, .counterDouble: .float64, .keyword: .utf8, .text: .utf8, .version: .utf8, .source: .utf8,
    .date: .timestamp(unit: 1), .dateNanos: .timestamp(unit: 3), .ip: .binary, .geoPoint: .binary, .cartesianPoint: .binary,
    .geoShape: .binary, .cartesianShape: .binary,
  ]
}

extension ArrowType.Layout {
  /// The number of the type among those of a field, and the type's own table.
  func write(to buffer: inout FlatBuffer) -> (number: UInt8, table: FlatBuffer.Reference) {
    switch self {
    case .null: return (1, buffer.table([]))
    case .int32: return (2, buffer.table([(0, .int(32)), (1, .bool(true))]))
    case .int64: return (2, buffer.table([(0, .int(64)), (1, .bool(true))]))
    case .uint64: return (2, buffer.table([(0, .int(64)), (1, .bool(false))]))
    case .float64: return (3, buffer.table([(0, .short(2))]))
    case .binary: return (4, buffer.table([]))
    case .utf8: return (5, buffer.table([]))
    case .bool: return (6, buffer.table([]))
    case .timestamp(let unit):
      let zone = buffer.string("UTC")
      return (10, buffer.table([(0, .short(unit)), (1, .reference(zone))]))
    }
  }

  static let listNumber: UInt8 = 12
}
