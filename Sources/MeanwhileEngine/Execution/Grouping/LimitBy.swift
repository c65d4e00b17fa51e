import Meanwhile
import MeanwhileData

/// The first rows of each group, in the order in which they come. A row's key is all its values: one with several values is a group of its own.
struct LimitBy: Sendable {
  /// The channels of the keys.
  var keys: [Int]
  /// How many of the first columns come out.
  var visible: Int
  /// Rows of a group.
  var count: Int

  func apply(to pages: [Page], _ scope: StageScope) throws -> [Page] {
    let table = GroupTable([.keyword])
    var rowsOfGroup: [Int] = []
    var kept: [Page] = []
    for page in pages {
      try scope.signals.check()
      let before = table.byteCount
      let groups = Self.number(keys.map { page.columns[$0] }, rowCount: page.rowCount, in: table)
      try scope.memory.reserve(table.byteCount - before)
      rowsOfGroup.append(contentsOf: repeatElement(0, count: table.groupCount - rowsOfGroup.count))
      let rows = VectorBuilder<UInt32>(capacity: page.rowCount)
      for (row, group) in groups.enumerated() where rowsOfGroup[Int(group)] < count {
        rowsOfGroup[Int(group)] += 1
        rows.append(UInt32(truncatingIfNeeded: row))
      }
      guard rows.count > 0 else { continue }
      let shown = page.selecting(Array(0..<visible))
      kept.append(rows.count == page.rowCount ? shown : shown.gather(rows.finish()))
    }
    return kept
  }

  /// The group of each row, by the bytes of all its keys' values.
  private static func number(_ keys: [Column], rowCount: Int, in table: GroupTable) -> [UInt32] {
    let encoded = BytesVectorBuilder(capacity: rowCount)
    let slots = keys.map(BytesSlots.init)
    for row in 0..<rowCount {
      for (key, bytes) in zip(keys, slots) {
        let range = key.slots(ofRow: row)
        encoded.bytes.append(number: UInt64(range.count))
        for slot in range { encoded.bytes.append(slot, of: key, bytes) }
      }
      encoded.endValue()
    }
    let column = Column(type: .keyword, rowCount: rowCount, values: .bytes(encoded.finish()))
    var groups = [UInt32](repeating: 0, count: rowCount)
    groups.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { table.assign([column], rowCount: rowCount, position: 0, into: base) }
    }
    return groups
  }
}

extension VectorBuilder<UInt8> {
  func append(number: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { append(UInt8(truncatingIfNeeded: number >> UInt64(shift))) }
  }

  /// Appends a value so that equal values, and they alone, give equal bytes.
  func append(_ slot: Int, of column: Column, _ bytes: BytesSlots?) {
    switch column.values {
    case .none: break
    case .booleans(let values): append(values[slot])
    case .longs(let values): append(number: UInt64(bitPattern: values[slot]))
    // Both zeroes are one value.
    case .doubles(let values): append(number: (values[slot] == 0 ? 0 : values[slot]).bitPattern)
    case .bytes, .ordinals:
      guard let value = bytes?[slot] else { return }
      append(number: UInt64(value.count))
      append(contentsOf: value)
    }
  }
}
