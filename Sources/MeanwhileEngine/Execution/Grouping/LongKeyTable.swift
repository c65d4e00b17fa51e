import MeanwhileData

/// Numbers the distinct values of 64-bit keys in the order of their first appearance. Keys that lie close together are looked up in an array, others
/// by open addressing.
///
/// No method hands a property to code of others while it changes it, so they go without checks of exclusive access, which cost as much as a lookup.
final class LongKeyTable {
  private struct Entry {
    var key: Int64
    /// The number plus one; 0 is empty.
    var mark: UInt32
  }

  /// By number; what null's place holds means nothing.
  let keys = VectorBuilder<Int64>()
  @exclusivity(unchecked) private(set) var nullNumber: UInt32?
  private let seed = KeyHash.seed
  @exclusivity(unchecked) private var entries: UnsafeMutablePointer<Entry>
  @exclusivity(unchecked) private var entryCount = 64
  @exclusivity(unchecked) private var used = 0
  /// Rows that were met before it was decided whether the keys lie close together.
  private var rowsSeen = 0
  private static let rowsToDecide = Page.rowCountMax / 2
  /// Numbers plus one, by distance from ``nearBase``; nil where keys do not lie close together, or it is not known yet.
  @exclusivity(unchecked) private var near: UnsafeMutablePointer<UInt32>?
  @exclusivity(unchecked) private var nearBase: Int64 = 0
  @exclusivity(unchecked) private var nearCount: UInt64 = 0
  private static let nearCountMax: UInt64 = 1 << 21

  init() { entries = Self.emptyEntries(64) }

  deinit {
    entries.deallocate()
    near?.deallocate()
  }

  private static func emptyEntries(_ count: Int) -> UnsafeMutablePointer<Entry> {
    let entries = UnsafeMutablePointer<Entry>.allocate(capacity: count)
    entries.initialize(repeating: Entry(key: 0, mark: 0), count: count)
    return entries
  }

  var count: Int { keys.count }
  var byteCount: Int { keys.byteCount + entryCount * MemoryLayout<Entry>.stride + Int(nearCount) * 4 }

  /// Numbers a batch.
  func number(_ values: Vector<Int64>, nulls: Bitmap?, into numbers: UnsafeMutablePointer<UInt32>) {
    if rowsSeen < Self.rowsToDecide { decide(values) }
    let near = near
    let base = nearBase
    let limit = nearCount
    if let nulls {
      for row in 0..<values.count { numbers[row] = nulls[row] ? numberOfNull() : number(of: values[row], near, base, limit) }
    } else if near == nil {
      numberRuns(values, into: numbers)
    } else {
      for row in 0..<values.count { numbers[row] = number(of: values[row], near, base, limit) }
    }
  }

  /// Hashed keys: those that come many times in a row, as dates do, are looked up once.
  private func numberRuns(_ values: Vector<Int64>, into numbers: UnsafeMutablePointer<UInt32>) {
    guard values.count > 0 else { return }
    var key = values[0]
    var number = hashedNumber(of: key)
    for row in 0..<values.count {
      if values[row] != key {
        key = values[row]
        number = hashedNumber(of: key)
      }
      numbers[row] = number
    }
  }

  @inline(__always)
  private func number(of key: Int64, _ near: UnsafeMutablePointer<UInt32>?, _ base: Int64, _ limit: UInt64) -> UInt32 {
    let distance = UInt64(bitPattern: key &- base)
    guard let near, distance < limit else { return hashedNumber(of: key) }
    let mark = near[Int(truncatingIfNeeded: distance)]
    if mark != 0 { return mark &- 1 }
    let number = append(key)
    near[Int(truncatingIfNeeded: distance)] = number &+ 1
    return number
  }

  /// The number of one key.
  @inline(__always)
  func hashedNumber(of key: Int64) -> UInt32 {
    let mask = entryCount &- 1
    var index = Int(truncatingIfNeeded: KeyHash.mix(UInt64(bitPattern: key), seed)) & mask
    while true {
      let entry = entries[index]
      if entry.mark == 0 { return insert(key, at: index) }
      if entry.key == key { return entry.mark &- 1 }
      index = (index &+ 1) & mask
    }
  }

  func numberOfNull() -> UInt32 {
    if let nullNumber { return nullNumber }
    let number = append(0)
    nullNumber = number
    return number
  }

  private func append(_ key: Int64) -> UInt32 {
    keys.append(key)
    return UInt32(truncatingIfNeeded: keys.count - 1)
  }

  @inline(never)
  private func insert(_ key: Int64, at index: Int) -> UInt32 {
    let number = append(key)
    entries[index] = Entry(key: key, mark: number &+ 1)
    used += 1
    if used * 2 > entryCount { grow() }
    return number
  }

  private func grow() {
    let old = entries
    let oldCount = entryCount
    entryCount *= 2
    entries = Self.emptyEntries(entryCount)
    let mask = entryCount - 1
    for index in 0..<oldCount where old[index].mark != 0 {
      var place = Int(truncatingIfNeeded: KeyHash.mix(UInt64(bitPattern: old[index].key), seed)) & mask
      while entries[place].mark != 0 { place = (place + 1) & mask }
      entries[place] = old[index]
    }
    old.deallocate()
  }

  /// After enough rows for the memory to be worth it: a small range of keys gets an array, with room on both sides.
  private func decide(_ values: Vector<Int64>) {
    rowsSeen += values.count
    guard rowsSeen >= Self.rowsToDecide, values.count > 0 else { return }
    var low = values[0]
    var high = values[0]
    func include(_ key: Int64) {
      low = min(low, key)
      high = max(high, key)
    }
    for index in 0..<values.count { include(values[index]) }
    forEachKey { key, _ in include(key) }
    let spread = UInt64(bitPattern: high &- low)
    guard spread < Self.nearCountMax else { return }
    nearCount = spread + 1 + min(spread, 1 << 12)
    let margin = Int64(min(spread, 1 << 12) / 2)
    nearBase = low.subtractingReportingOverflow(margin).overflow ? low : low - margin
    let array = UnsafeMutablePointer<UInt32>.allocate(capacity: Int(nearCount))
    array.initialize(repeating: 0, count: Int(nearCount))
    forEachKey { key, number in array[Int(UInt64(bitPattern: key &- nearBase))] = number &+ 1 }
    near = array
  }

  private func forEachKey(_ body: (Int64, UInt32) -> Void) {
    for index in 0..<keys.count {
      let number = UInt32(truncatingIfNeeded: index)
      if number != nullNumber { body(keys[index], number) }
    }
  }
}
