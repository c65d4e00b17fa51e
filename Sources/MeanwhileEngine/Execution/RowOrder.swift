import Meanwhile
import MeanwhileData

/// The order of a batch's rows by sort keys. Each key is turned into 64 bits whose unsigned order is the wanted one, descending included, so that
/// most comparisons touch no bytes. Of several values in a row, the least counts ascending, the greatest descending.
struct RowOrder {
  struct Key {
    /// 0 and 1 or 1 and 0 for null and not null; nil where no row is null.
    var nullRanks: [UInt8]?
    var prefixes: [UInt64]
    /// Where nulls stand among ranks.
    var nullRank: UInt8
    /// What decides where prefixes are equal, with the slot of each row.
    var bytes: (values: BytesVector, slots: [UInt32], isAscending: Bool)?
  }

  let keys: [Key]

  init(keys: [Key]) { self.keys = keys }

  /// - Throws: `CancellationError` once cancelled.
  init(_ columns: [Column], _ sort: [Plan.SortKey], _ signals: QuerySignals) throws {
    keys = try Swift.zip(columns, sort).map { column, key in
      try signals.check()
      return Key(column, isAscending: key.isAscending, nullsFirst: key.nullsFirst)
    }
  }
}

extension RowOrder.Key {
  /// Bits that are in the wanted order, without nulls.
  init(bits: [UInt64]) {
    prefixes = bits
    nullRank = 1
  }

  init(_ column: Column, isAscending: Bool, nullsFirst: Bool) {
    let rowCount = column.rowCount
    nullRank = nullsFirst ? 0 : 1
    prefixes = [UInt64](repeating: 0, count: rowCount)
    guard !column.isAllNull, rowCount > 0 else {
      if rowCount > 0 { nullRanks = [UInt8](repeating: nullRank, count: rowCount) }
      return
    }
    let slots = column.slotsForOrder(isAscending: isAscending)
    if let missing = slots.nulls {
      let rank = nullRank
      nullRanks = missing.map { $0 ? rank : 1 - rank }
    }
    let flip: UInt64 = isAscending ? 0 : .max
    func fill(_ prefix: (Int) -> UInt64) {
      if let missing = slots.nulls {
        for row in 0..<rowCount where !missing[row] { prefixes[row] = prefix(Int(slots.slots[row])) ^ flip }
      } else {
        for row in 0..<rowCount { prefixes[row] = prefix(Int(slots.slots[row])) ^ flip }
      }
    }
    switch column.values {
    case .none: break
    case .booleans(let values): fill { UInt64(values[$0]) }
    case .longs(let values): fill { UInt64(bitPattern: values[$0] ^ .min) }
    case .doubles(let values): fill { values[$0].orderedBits }
    case .ordinals(let ordinals, _, isSorted: true): fill { UInt64(ordinals[$0]) }
    case .ordinals(let ordinals, let dictionary, isSorted: false):
      fill { dictionary[Int(ordinals[$0])].orderedPrefix }
      bytes = (dictionary, slots.slots.map { ordinals[Int($0)] }, isAscending)
    case .bytes(let values):
      fill { values[$0].orderedPrefix }
      bytes = (values, slots.slots, isAscending)
    }
  }
}

extension Column {
  /// The slot that a row is ordered by, and which rows have none (their slot is 0).
  fileprivate func slotsForOrder(isAscending: Bool) -> (slots: [UInt32], nulls: [Bool]?) {
    if isConstant {
      let found = slots(ofRow: 0)
      guard let best = isAscending ? found.first : found.last else {
        return ([UInt32](repeating: 0, count: rowCount), .init(repeating: true, count: rowCount))
      }
      return ([UInt32](repeating: UInt32(bestSlot(found, isAscending: isAscending) ?? best), count: rowCount), nil)
    }
    guard let offsets else {
      let slots = (0..<UInt32(truncatingIfNeeded: rowCount)).map { $0 }
      return (slots, nulls.map { nulls in (0..<rowCount).map { nulls[$0] } })
    }
    var slots: [UInt32] = []
    var missing: [Bool] = []
    slots.reserveCapacity(rowCount)
    missing.reserveCapacity(rowCount)
    for row in 0..<rowCount {
      let best = bestSlot(Int(offsets[row])..<Int(offsets[row + 1]), isAscending: isAscending)
      slots.append(UInt32(best ?? 0))
      missing.append(best == nil)
    }
    return (slots, missing.contains(true) ? missing : nil)
  }

  /// The least or greatest value's slot.
  private func bestSlot(_ slots: Range<Int>, isAscending: Bool) -> Int? {
    guard var best = slots.first else { return nil }
    for slot in slots.dropFirst() {
      let isLess = isLess(slot, best)
      if isAscending ? isLess : !isLess { best = slot }
    }
    return best
  }

  private func isLess(_ left: Int, _ right: Int) -> Bool {
    switch values {
    case .none: false
    case .booleans(let values): values[left] < values[right]
    case .longs(let values): values[left] < values[right]
    case .doubles(let values): values[left] < values[right]
    case .bytes(let values): compareBytes(values[left], values[right]) < 0
    case .ordinals(let ordinals, let dictionary, _): compareBytes(dictionary[Int(ordinals[left])], dictionary[Int(ordinals[right])]) < 0
    }
  }
}

extension Double {
  /// Bits whose unsigned order is the order of the numbers; both zeros alike.
  @inline(__always)
  var orderedBits: UInt64 {
    let bits = (self == 0 ? 0 : self).bitPattern
    return bits & (1 << 63) != 0 ? ~bits : bits | (1 << 63)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The first 8 bytes, as a number of the same order.
  @inline(__always)
  var orderedPrefix: UInt64 {
    guard let start = baseAddress else { return 0 }
    if count >= 8 { return UInt64(bigEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self)) }
    var prefix: UInt64 = 0
    for index in 0..<count { prefix |= UInt64(start[index]) << UInt64(56 - 8 * index) }
    return prefix
  }
}
