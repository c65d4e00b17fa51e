/// The least and the greatest value of each block of a column's rows: what tells a query that it need not read a block.
///
/// Columns of fixed width whose rows have at most one value have them. A block without values has a least value above its greatest.
public struct BlockBounds: Sendable {
  /// Rows of a block, from the segment's first; the last block may have fewer.
  public static let rowCount = Page.rowCountMax

  public enum Values: Sendable {
    case longs(least: Vector<Int64>, greatest: Vector<Int64>)
    case doubles(least: Vector<Double>, greatest: Vector<Double>)
  }

  public let values: Values
  /// Whether rows of a block are null, a byte a block.
  public let hasNulls: Vector<UInt8>

  /// - Returns: nil for a column that has no bounds.
  public init?(_ column: Column) {
    guard column.offsets == nil, !column.isConstant else { return nil }
    switch column.values {
    case .longs(let values):
      guard let (least, greatest) = Self.bounds(values, column.nulls, emptyLeast: Int64.max, emptyGreatest: Int64.min) else { return nil }
      self.values = .longs(least: least, greatest: greatest)
    case .doubles(let values):
      guard let (least, greatest) = Self.bounds(values, column.nulls, emptyLeast: Double.infinity, emptyGreatest: -Double.infinity) else {
        return nil
      }
      self.values = .doubles(least: least, greatest: greatest)
    case .none, .booleans, .bytes, .ordinals: return nil
    }
    hasNulls = Vector(
      Self.blocks(of: column.rowCount).map { block -> UInt8 in
        guard let nulls = column.nulls else { return 0 }
        return block.contains { nulls[$0] } ? 1 : 0
      })
  }

  private static func blocks(of rowCount: Int) -> [Range<Int>] {
    stride(from: 0, to: rowCount, by: Self.rowCount).map { $0..<min(rowCount, $0 + Self.rowCount) }
  }

  /// - Returns: nil where a value has no order.
  @inline(__always)
  private static func bounds<Element: Comparable & BitwiseCopyable>(
    _ values: Vector<Element>, _ nulls: Bitmap?, emptyLeast: Element, emptyGreatest: Element
  ) -> (least: Vector<Element>, greatest: Vector<Element>)? {
    let least = VectorBuilder<Element>()
    let greatest = VectorBuilder<Element>()
    var isOrdered = true
    for block in blocks(of: values.count) {
      var low = emptyLeast
      var high = emptyGreatest
      for row in block {
        if let nulls, nulls[row] { continue }
        let value = values[row]
        isOrdered = isOrdered && value == value
        low = value < low ? value : low
        high = value > high ? value : high
      }
      least.append(low)
      greatest.append(high)
    }
    return isOrdered ? (least.finish(), greatest.finish()) : nil
  }
}
