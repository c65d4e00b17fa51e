/// A run of values of one type, a row each, where a row may have no value (null) or several.
///
/// - A column without ``offsets`` has one slot a row; ``nulls`` marks those that are null, whose slot holds anything.
/// - A column with ``offsets`` has `rowCount + 1` of them; row `r` has the values `offsets[r] ..< offsets[r + 1]`, none of them meaning null.
///   Such a column has no ``nulls``.
/// - A constant column (``isConstant``) holds one row's values, which stand for every row.
///
/// Multi-values are in storage order: ascending, keywords without repetition, as in Elasticsearch's doc values.
public struct Column: Sendable {
  public var type: DataType
  /// Rows, also where the column is constant.
  public var rowCount: Int
  public var values: Values
  public var nulls: Bitmap?
  public var offsets: Vector<UInt32>?
  public var isConstant: Bool

  /// The values in one of the layouts that ``DataType/Layout`` lists.
  public enum Values: Sendable {
    /// Every row is null.
    case none
    case booleans(Vector<UInt8>)
    case longs(Vector<Int64>)
    case doubles(Vector<Double>)
    case bytes(BytesVector)
    /// Ordinals into a dictionary without repetitions, sorted bytewise where it comes from a segment.
    case ordinals(Vector<UInt32>, BytesVector, isSorted: Bool)

    /// Value slots, over all rows.
    @inlinable
    public var count: Int {
      switch self {
      case .none: 0
      case .booleans(let values): values.count
      case .longs(let values): values.count
      case .doubles(let values): values.count
      case .bytes(let values): values.count
      case .ordinals(let ordinals, _, _): ordinals.count
      }
    }
  }

  /// A column of type ``DataType/null`` holds no values, whatever it is given.
  @inlinable
  public init(
    type: DataType, rowCount: Int, values: Values, nulls: Bitmap? = nil, offsets: Vector<UInt32>? = nil, isConstant: Bool = false
  ) {
    let hasValues = type != .null
    self.type = type
    self.rowCount = rowCount
    self.values = hasValues ? values : .none
    self.nulls = hasValues ? nulls : nil
    self.offsets = hasValues ? offsets : nil
    self.isConstant = isConstant
  }

  /// A column of nulls.
  public static func nulls(_ type: DataType, rowCount: Int) -> Column {
    Column(type: type, rowCount: rowCount, values: .none)
  }

  /// Whether every row is null for sure.
  @inlinable
  public var isAllNull: Bool { if case .none = values { true } else { false } }

  @inlinable
  public var mayHaveNulls: Bool { nulls != nil || offsets != nil || isAllNull }

  @inlinable
  public var mayHaveSeveralValues: Bool { offsets != nil }

  /// The value slots of a row: empty means null. For code that is not in a row loop.
  public func slots(ofRow row: Int) -> Range<Int> {
    let row = isConstant ? 0 : row
    if isAllNull { return 0..<0 }
    if let offsets { return Int(offsets[row])..<Int(offsets[row + 1]) }
    if let nulls, nulls[row] { return row..<row }
    return row..<row + 1
  }

  /// Some of the rows, in order. Shares memory.
  public func slice(_ range: Range<Int>) -> Column {
    var part = self
    part.rowCount = range.count
    if isConstant || isAllNull { return part }
    if let offsets {
      // Offsets stay absolute: they index the values of the whole column.
      part.offsets = offsets.slice(range.lowerBound..<range.upperBound + 1)
      return part
    }
    part.nulls = nulls?.slice(range)
    switch values {
    case .none: break
    case .booleans(let values): part.values = .booleans(values.slice(range))
    case .longs(let values): part.values = .longs(values.slice(range))
    case .doubles(let values): part.values = .doubles(values.slice(range))
    case .bytes(let values): part.values = .bytes(values.slice(range))
    case .ordinals(let ordinals, let dictionary, let isSorted):
      part.values = .ordinals(ordinals.slice(range), dictionary, isSorted: isSorted)
    }
    return part
  }
}
