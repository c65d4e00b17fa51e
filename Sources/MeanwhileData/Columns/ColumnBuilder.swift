/// Grows a ``Column`` value by value. Row loops reach for the typed builders inside; the calls here suit one row at a time.
public final class ColumnBuilder {
  public let type: DataType
  public let booleans: VectorBuilder<UInt8>
  public let longs: VectorBuilder<Int64>
  public let doubles: VectorBuilder<Double>
  public let bytes: BytesVectorBuilder
  /// The first slot of every row that has begun; made when a row first has other than one value.
  private var starts: VectorBuilder<UInt32>?
  /// Bits of the rows that are null, while no row has several values.
  private var nulls: VectorBuilder<UInt64>?
  public private(set) var rowCount = 0
  private var slotCount = 0
  private var hasValues = false

  public init(type: DataType, capacity: Int = 64) {
    self.type = type
    booleans = VectorBuilder(capacity: type.layout == .boolean ? capacity : 0)
    longs = VectorBuilder(capacity: type.layout == .long ? capacity : 0)
    doubles = VectorBuilder(capacity: type.layout == .double ? capacity : 0)
    bytes = BytesVectorBuilder(capacity: type.layout == .bytes ? capacity : 0)
  }

  /// A column of cells. Cells of another layout than the type's count as null.
  public static func column(of cells: [Value], type: DataType) -> Column {
    let builder = ColumnBuilder(type: type, capacity: cells.count)
    for cell in cells { builder.append(cell) }
    return builder.finish()
  }

  public func append(_ value: Value) {
    let elements = value.elements
    if elements.count == 1 {
      appendSlot(elements[0])
      endRow(valueCount: 1)
      return
    }
    for element in elements { appendSlot(element) }
    endRow(valueCount: elements.count)
  }

  public func appendNull() { endRow(valueCount: 0) }

  private func appendSlot(_ value: Value) {
    switch (type.layout, value) {
    case (.boolean, .boolean(let value)): booleans.append(value ? 1 : 0)
    case (.long, .long(let value)): longs.append(value)
    case (.double, .double(let value)): doubles.append(value)
    case (.bytes, .bytes(let value)): bytes.append(value)
    default: appendEmptySlot()
    }
  }

  private func appendEmptySlot() {
    switch type.layout {
    case .none: break
    case .boolean: booleans.append(0)
    case .long: longs.append(0)
    case .double: doubles.append(0)
    case .bytes: bytes.endValue()
    }
  }

  /// Ends a row whose values were appended to the typed builder: 0 means null, more than 1 a multi-value.
  public func endRow(valueCount: Int) {
    if valueCount > 1, starts == nil { spreadIntoOffsets() }
    if valueCount > 0 { hasValues = true }
    if let starts {
      starts.append(UInt32(truncatingIfNeeded: slotCount))
      slotCount += valueCount
    } else {
      if valueCount == 0 {
        appendEmptySlot()
        markNull(rowCount)
      }
      slotCount += 1
    }
    rowCount += 1
  }

  private func markNull(_ row: Int) {
    let bits = nulls ?? VectorBuilder<UInt64>()
    nulls = bits
    if bits.count <= row >> 6 { bits.append(repeating: 0, count: (row >> 6) + 1 - bits.count) }
    bits[row >> 6] |= 1 << UInt64(row & 63)
  }

  /// The first multi-value: from here on rows have offsets, and the slots that stood for nulls go.
  private func spreadIntoOffsets() {
    let made = VectorBuilder<UInt32>(capacity: rowCount + 64)
    starts = made
    guard let bits = nulls else {
      for row in 0..<rowCount { made.append(UInt32(truncatingIfNeeded: row)) }
      return
    }
    // The pending values of the current row lie behind the slots of the rows before it.
    let cells = ColumnBuilder(type: type, capacity: rowCount)
    let total = pendingSlotCount
    var kept = 0
    for row in 0..<total {
      let isNull = row < rowCount && row >> 6 < bits.count && bits[row >> 6] & (1 << UInt64(row & 63)) != 0
      if row < rowCount { made.append(UInt32(truncatingIfNeeded: kept)) }
      if isNull { continue }
      cells.copySlot(row, from: self)
      kept += 1
    }
    takeSlots(of: cells)
    slotCount = kept - (total - rowCount)
    nulls = nil
  }

  private var pendingSlotCount: Int {
    switch type.layout {
    case .none: 0
    case .boolean: booleans.count
    case .long: longs.count
    case .double: doubles.count
    case .bytes: bytes.count
    }
  }

  private func copySlot(_ slot: Int, from other: ColumnBuilder) {
    switch type.layout {
    case .none: break
    case .boolean: booleans.append(other.booleans[slot])
    case .long: longs.append(other.longs[slot])
    case .double: doubles.append(other.doubles[slot])
    case .bytes:
      let start = Int(other.bytes.offsets[slot])
      let end = Int(other.bytes.offsets[slot + 1])
      bytes.append(UnsafeBufferPointer(rebasing: other.bytes.bytes.buffer[start..<end]))
    }
  }

  private func takeSlots(of other: ColumnBuilder) {
    booleans.truncate(to: 0)
    longs.truncate(to: 0)
    doubles.truncate(to: 0)
    bytes.offsets.truncate(to: 1)
    bytes.bytes.truncate(to: 0)
    for slot in 0..<other.pendingSlotCount { copySlot(slot, from: other) }
  }

  /// Bytes that the builder holds; for memory budgets.
  public var byteCount: Int {
    longs.byteCount + doubles.byteCount + booleans.byteCount + bytes.byteCount + (starts?.byteCount ?? 0) + (nulls?.byteCount ?? 0)
  }

  /// The column. The builder must not be used afterwards.
  public func finish() -> Column {
    guard hasValues, type.layout != .none else { return .nulls(type, rowCount: rowCount) }
    let values: Column.Values =
      switch type.layout {
      case .none: .none
      case .boolean: .booleans(booleans.finish())
      case .long: .longs(longs.finish())
      case .double: .doubles(doubles.finish())
      case .bytes: .bytes(bytes.finish())
      }
    if let starts {
      starts.append(UInt32(truncatingIfNeeded: slotCount))
      return Column(type: type, rowCount: rowCount, values: values, offsets: starts.finish())
    }
    guard let bits = nulls else { return Column(type: type, rowCount: rowCount, values: values) }
    let words = (rowCount + 63) / 64
    if bits.count < words { bits.append(repeating: 0, count: words - bits.count) }
    return Column(type: type, rowCount: rowCount, values: values, nulls: Bitmap(words: bits.finish(), count: rowCount))
  }
}
