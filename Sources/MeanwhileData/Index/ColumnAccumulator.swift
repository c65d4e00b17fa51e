/// Collects the values of one field, document by document, and makes the field's column of a segment from them.
///
/// Values are kept without gaps, in the order they came, and the row of each beside them once that is not its own number; so a field that is absent from a
/// document costs nothing, and taking back a document is cutting off its values.
final class ColumnAccumulator {
  let type: DataType
  let longs: VectorBuilder<Int64>
  let doubles: VectorBuilder<Double>
  let booleans: VectorBuilder<UInt8>
  let strings: StringAccumulator
  /// The row of each value; nil as long as value `i` is the one value of row `i`.
  @exclusivity(unchecked) private var rows: VectorBuilder<UInt32>?
  /// Values so far.
  @exclusivity(unchecked) private(set) var count = 0
  @exclusivity(unchecked) private(set) var lastRow = -1
  private var hasSeveral = false

  init(type: DataType) {
    self.type = type
    longs = VectorBuilder(capacity: type.layout == .long ? 1024 : 0)
    doubles = VectorBuilder(capacity: type.layout == .double ? 1024 : 0)
    booleans = VectorBuilder(capacity: type.layout == .boolean ? 1024 : 0)
    strings = StringAccumulator(isUsed: type.layout == .bytes)
  }

  @inline(__always)
  func append(long value: Int64, row: Int) {
    longs.append(value)
    note(row)
  }

  @inline(__always)
  func append(double value: Double, row: Int) {
    doubles.append(value)
    note(row)
  }

  @inline(__always)
  func append(boolean value: Bool, row: Int) {
    booleans.append(value ? 1 : 0)
    note(row)
  }

  @inline(__always)
  func append(bytes value: UnsafeBufferPointer<UInt8>, row: Int) {
    strings.append(value)
    note(row)
  }

  @inline(__always)
  private func note(_ row: Int) {
    if rows == nil, row == count {
      lastRow = row
      count += 1
      return
    }
    noteOutOfStep(row)
  }

  private func noteOutOfStep(_ row: Int) {
    let list = rows ?? VectorBuilder<UInt32>(capacity: max(64, count + 1))
    if rows == nil {
      for index in 0..<count { list.append(UInt32(truncatingIfNeeded: index)) }
      rows = list
    }
    list.append(UInt32(truncatingIfNeeded: row))
    if row == lastRow { hasSeveral = true }
    lastRow = row
    count += 1
  }

  /// Takes back the values of the newest row.
  func discard(row: Int) {
    guard lastRow == row else { return }
    if let rows {
      while count > 0, Int(rows[count - 1]) == row { count -= 1 }
      rows.truncate(to: count)
      lastRow = count > 0 ? Int(rows[count - 1]) : -1
    } else {
      count -= 1
      lastRow = count - 1
    }
    switch type.layout {
    case .none: break
    case .boolean: booleans.truncate(to: count)
    case .long: longs.truncate(to: count)
    case .double: doubles.truncate(to: count)
    case .bytes: strings.truncate(to: count)
    }
  }

  /// Whether the newest row that has a value is this one, and has one value.
  @inline(__always)
  func hasOneValue(inNewestRow row: Int) -> Bool {
    guard lastRow == row else { return false }
    guard let rows, count > 1 else { return true }
    return Int(rows[count - 2]) != row
  }

  /// Bytes held.
  var byteCount: Int { longs.byteCount + doubles.byteCount + booleans.byteCount + strings.byteCount + (rows?.byteCount ?? 0) }

  // MARK: Finishing

  /// The column of all rows, and what is known of it; nil where there was no value. The accumulator must not be used afterwards.
  func finish(rowCount: Int) -> (column: Column, summary: Segment.FieldSummary)? {
    guard count > 0, type.layout != .none else { return nil }
    let starts = hasSeveral ? rowStarts(rowCount: rowCount) : nil
    var column = Column(type: type, rowCount: rowCount, values: .none)
    var summary = Segment.FieldSummary(type: type, rowsWithValue: count, valueCount: count)
    switch type.layout {
    case .none: return nil
    case .boolean: column.values = .booleans(arrange(booleans, starts: starts, rowCount: rowCount, filler: 0))
    case .long:
      let bounds = Self.bounds(of: longs)
      (summary.minimum, summary.maximum) = (.long(bounds.0), .long(bounds.1))
      column.values = .longs(arrange(longs, starts: starts, rowCount: rowCount, filler: 0))
    case .double:
      let bounds = Self.bounds(of: doubles)
      (summary.minimum, summary.maximum) = (.double(bounds.0), .double(bounds.1))
      column.values = .doubles(arrange(doubles, starts: starts, rowCount: rowCount, filler: 0))
    case .bytes:
      if let starts { return finishSeveralStrings(starts: starts, rowCount: rowCount) }
      column.values = strings.finish(rows: rows, rowCount: rowCount)
    }
    if let starts {
      column.offsets = starts
      summary.rowsWithValue = Self.filledRows(starts)
    } else if rows != nil || count < rowCount {
      column.nulls = nullBits(rowCount: rowCount)
    }
    return (column, summary)
  }

  /// Puts values in their rows' slots; where rows have several values, they are contiguous already and only sorted within their row.
  private func arrange<Element: BitwiseCopyable & Comparable>(
    _ values: VectorBuilder<Element>, starts: Vector<UInt32>?, rowCount: Int, filler: Element
  ) -> Vector<Element> {
    if let starts {
      for row in 0..<rowCount {
        let range = Int(starts[row])..<Int(starts[row + 1])
        if range.count > 1 { values.sort(range) }
      }
      return values.finish()
    }
    guard let rows else {
      if values.count < rowCount { values.append(repeating: filler, count: rowCount - values.count) }
      return values.finish()
    }
    return Vector(count: rowCount) { target in
      target.initialize(repeating: filler, count: rowCount)
      for index in 0..<count { target[Int(rows[index])] = values[index] }
    }
  }

  private func rowStarts(rowCount: Int) -> Vector<UInt32> {
    Vector(count: rowCount + 1) { target in
      target.initialize(repeating: 0, count: rowCount + 1)
      for index in 0..<count { target[Int(rows?[index] ?? UInt32(truncatingIfNeeded: index)) + 1] += 1 }
      for row in 0..<rowCount { target[row + 1] += target[row] }
    }
  }

  private func nullBits(rowCount: Int) -> Bitmap? {
    guard count < rowCount else { return nil }
    let wordCount = (rowCount + 63) / 64
    let words = Vector<UInt64>(count: wordCount) { target in
      target.initialize(repeating: .max, count: wordCount)
      if rowCount % 64 != 0 { target[wordCount - 1] = (1 << UInt64(rowCount % 64)) - 1 }
      for index in 0..<count {
        let row = Int(rows?[index] ?? UInt32(truncatingIfNeeded: index))
        target[row >> 6] &= ~(1 << UInt64(row & 63))
      }
    }
    return Bitmap(words: words, count: rowCount)
  }

  private func finishSeveralStrings(starts: Vector<UInt32>, rowCount: Int) -> (column: Column, summary: Segment.FieldSummary) {
    let (values, offsets) = strings.finish(starts: starts, rowCount: rowCount, keepsOrder: Self.keepsOrder(type))
    let column = Column(type: type, rowCount: rowCount, values: values, offsets: offsets)
    let summary = Segment.FieldSummary(type: type, rowsWithValue: Self.filledRows(offsets), valueCount: values.count)
    return (column, summary)
  }

  /// Texts and geometries come back in the order of the document; all else is sorted as Elasticsearch's doc values are.
  private static func keepsOrder(_ type: DataType) -> Bool {
    switch type {
    case .text, .geoPoint, .geoShape, .cartesianPoint, .cartesianShape, .source: true
    default: false
    }
  }

  private static func filledRows(_ starts: Vector<UInt32>) -> Int {
    var filled = 0
    for row in 0..<max(0, starts.count - 1) where starts[row] < starts[row + 1] { filled += 1 }
    return filled
  }

  private static func bounds<Element: Comparable & BitwiseCopyable>(of values: VectorBuilder<Element>) -> (Element, Element) {
    var least = values[0]
    var greatest = values[0]
    for value in values.buffer {
      if value < least { least = value }
      if value > greatest { greatest = value }
    }
    return (least, greatest)
  }
}

extension VectorBuilder where Element: Comparable {
  /// Sorts a part; made for the handful of values that a row has.
  func sort(_ range: Range<Int>) {
    guard range.count > 16 else {
      for index in range.dropFirst() {
        let value = self[index]
        var hole = index
        while hole > range.lowerBound, self[hole - 1] > value {
          self[hole] = self[hole - 1]
          hole -= 1
        }
        self[hole] = value
      }
      return
    }
    var part = Array(buffer[range])
    part.sort()
    for (offset, value) in part.enumerated() { self[range.lowerBound + offset] = value }
  }
}
