import MeanwhileData

/// At most one fixed-width value a row: what arithmetic loops read. Made by ``EvaluationFrame/cells(_:of:)``.
public struct Cells<Element: FixedWidthElement> {
  /// One slot a row, or one slot for all where constant.
  public let vector: Vector<Element>
  /// Rows without a value; never there where constant.
  public let nulls: Bitmap?
  public let isConstant: Bool

  public init(vector: Vector<Element>, nulls: Bitmap?, isConstant: Bool) {
    self.vector = vector
    self.nulls = nulls
    self.isConstant = isConstant
  }

  @inlinable
  public subscript(row: Int) -> Element {
    @inline(__always) get { isConstant ? vector[0] : vector[row] }
  }

  @inlinable
  public func isNull(_ row: Int) -> Bool {
    if let nulls { nulls[row] } else { false }
  }
}

extension EvaluationFrame {
  /// The single values of a column in a layout.
  ///
  /// - Returns: nil where every row is null, or the column has another layout.
  public func cells<Element: FixedWidthElement>(_ column: Column, of _: Element.Type = Element.self) -> Cells<Element>? {
    let column = single(column)
    guard let vector = Element.vector(column.values), vector.count > 0 else { return nil }
    if column.isConstant { return Cells(vector: vector, nulls: nil, isConstant: true) }
    return Cells(vector: vector, nulls: column.nulls, isConstant: false)
  }

  /// The single values of a numeric column as doubles; nil where every row is null.
  public func doubles(_ column: Column) -> Cells<Double>? {
    if column.type.layout == .double { return cells(column) }
    guard let longs = cells(column, of: Int64.self) else { return nil }
    let source = longs.vector
    let isUnsigned = column.type == .unsignedLong
    let target = Vector<Double>(count: source.count) { target in
      if isUnsigned {
        for index in 0..<source.count { (target + index).initialize(to: Double(UInt64(bitPattern: source[index] ^ .min))) }
      } else {
        for index in 0..<source.count { (target + index).initialize(to: Double(source[index])) }
      }
    }
    return Cells(vector: target, nulls: longs.nulls, isConstant: longs.isConstant)
  }

  /// The single-value rule: a row with several values becomes null, with a warning.
  public func single(_ column: Column) -> Column {
    guard let offsets = column.offsets else {
      return column.isConstant && column.nulls != nil ? .nulls(column.type, rowCount: rowCount) : column
    }
    let rows = column.isConstant ? 1 : column.rowCount
    let slots = VectorBuilder<UInt32>(capacity: rows)
    var hasSeveral = false
    var hasNull = false
    var nullWords = [UInt64](repeating: 0, count: (rows + 63) / 64)
    for row in 0..<rows {
      let start = offsets[row]
      let count = offsets[row + 1] - start
      if count == 1 {
        slots.append(start)
        continue
      }
      slots.append(0)
      hasNull = true
      nullWords[row >> 6] |= 1 << UInt64(row & 63)
      if count > 1 { hasSeveral = true }
    }
    if hasSeveral { warnings.evaluationFailed(at: origin, detail: Failure.severalValues) }
    if column.isConstant && hasNull || column.values.count == 0 { return .nulls(column.type, rowCount: rowCount) }
    var result = column
    result.offsets = nil
    result.values = column.values.gather(slots.finish())
    result.nulls = hasNull ? Bitmap(words: Vector(nullWords), count: rows) : nil
    return result
  }
}
