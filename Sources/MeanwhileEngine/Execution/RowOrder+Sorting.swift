import Meanwhile
import MeanwhileData

extension RowOrder {
  /// Row numbers in order; equal rows stay as they are. Rows are sorted by the first key's bits, those that it leaves equal by the next key, and so on.
  ///
  /// - Parameter limit: how many are wanted.
  /// - Throws: `CancellationError` once cancelled.
  func sorted(rowCount: Int, limit: Int? = nil, _ signals: QuerySignals) throws -> Vector<UInt32> {
    var sorting = RowSorting(self, rowCount: rowCount, limit: limit ?? rowCount, signals)
    try sorting.sort(0..<rowCount, by: 0)
    return Vector(Array(sorting.rows.prefix(limit ?? rowCount)))
  }

  /// Whether a row comes before another by the keys from one on.
  fileprivate func precedes(_ left: Int, _ right: Int, from first: Int) -> Bool {
    for index in first..<keys.count {
      if let ranks = keys[index].nullRanks, ranks[left] != ranks[right] { return ranks[left] < ranks[right] }
      if keys[index].prefixes[left] != keys[index].prefixes[right] { return keys[index].prefixes[left] < keys[index].prefixes[right] }
      guard let (values, slots, isAscending) = keys[index].bytes else { continue }
      if let ranks = keys[index].nullRanks, ranks[left] == keys[index].nullRank { continue }
      let order = compareBytes(values[Int(slots[left])], values[Int(slots[right])])
      if order != 0 { return isAscending ? order < 0 : order > 0 }
    }
    return left < right
  }
}

/// A sort on its way.
private struct RowSorting {
  /// What a signal waits for at most: few enough rows to sort or move within a millisecond or two.
  private static let stepRowCount = 1 << 16
  /// Where comparing is faster than counting digits.
  private static let fewRows = 512
  private static let digitBits = 11
  private static let digitCount = 6

  let order: RowOrder
  let limit: Int
  let signals: QuerySignals
  var rows: [UInt32]

  init(_ order: RowOrder, rowCount: Int, limit: Int, _ signals: QuerySignals) {
    self.order = order
    self.limit = limit
    self.signals = signals
    rows = (0..<UInt32(truncatingIfNeeded: rowCount)).map { $0 }
  }

  /// Sorts a range of places, whose rows are equal by all keys before one, and in the order of the rows.
  mutating func sort(_ range: Range<Int>, by key: Int) throws {
    guard range.count > 1, key < order.keys.count, range.lowerBound < limit else { return }
    try signals.check()
    guard range.count > Self.fewRows else {
      let order = order
      return rows[range].sort { order.precedes(Int($0), Int($1), from: key) }
    }
    let nulls = partitionNulls(range, of: order.keys[key])
    try sort(nulls, by: key + 1)
    let values = nulls.lowerBound > range.lowerBound ? range.lowerBound..<nulls.lowerBound : nulls.upperBound..<range.upperBound
    guard values.count > 1 else { return }
    try sortByDigits(values, of: order.keys[key])
    try sortEqualRuns(values, by: key)
  }

  /// Brings nulls to the end where they belong.
  ///
  /// - Returns: their places; at either end, empty where there are none.
  private mutating func partitionNulls(_ range: Range<Int>, of key: RowOrder.Key) -> Range<Int> {
    guard let ranks = key.nullRanks else { return range.upperBound..<range.upperBound }
    var (first, second): ([UInt32], [UInt32]) = ([], [])
    for row in rows[range] {
      if ranks[Int(row)] == 0 { first.append(row) } else { second.append(row) }
    }
    rows.replaceSubrange(range, with: first + second)
    let middle = range.lowerBound + first.count
    return key.nullRank == 0 ? range.lowerBound..<middle : middle..<range.upperBound
  }

  /// A row beside its bits, so that moving it touches nothing else.
  private struct Entry {
    var bits: UInt64
    var row: UInt32
  }

  /// Sorts by the key's 64 bits, from the last digit to the first; digits that all rows share are skipped.
  private mutating func sortByDigits(_ range: Range<Int>, of key: RowOrder.Key) throws {
    var entries = key.prefixes.withUnsafeBufferPointer { bits in
      rows[range].map { Entry(bits: bits[Int($0)], row: $0) }
    }
    var moved = entries
    for digit in 0..<Self.digitCount {
      let shift = UInt64(digit * Self.digitBits)
      let mask = UInt64(1 << Self.digitBits - 1)
      var places = [Int](repeating: 0, count: 1 << Self.digitBits)
      try inSteps(entries) { entry in places[Int(truncatingIfNeeded: entry.bits >> shift & mask)] += 1 }
      if places.contains(entries.count) { continue }
      var place = 0
      for value in places.indices { (places[value], place) = (place, place + places[value]) }
      try moved.withUnsafeMutableBufferPointer { moved in
        try inSteps(entries) { entry in
          let value = Int(truncatingIfNeeded: entry.bits >> shift & mask)
          moved[places[value]] = entry
          places[value] += 1
        }
      }
      swap(&entries, &moved)
    }
    for (index, entry) in entries.enumerated() { rows[range.lowerBound + index] = entry.row }
  }

  @inline(__always)
  private func inSteps(_ entries: [Entry], _ body: (Entry) -> Void) throws {
    try entries.withUnsafeBufferPointer { entries in
      for start in stride(from: 0, to: entries.count, by: Self.stepRowCount) {
        try signals.check()
        for index in start..<min(entries.count, start + Self.stepRowCount) { body(entries[index]) }
      }
    }
  }

  /// Sorts the rows whose bits are equal by what comes next: the rest of the key's bytes, then the next keys.
  private mutating func sortEqualRuns(_ range: Range<Int>, by key: Int) throws {
    let hasBytes = order.keys[key].bytes != nil
    guard hasBytes || key + 1 < order.keys.count else { return }
    let prefixes = order.keys[key].prefixes
    var start = range.lowerBound
    while start < range.upperBound, start < limit {
      let prefix = prefixes[Int(rows[start])]
      var end = start + 1
      while end < range.upperBound, prefixes[Int(rows[end])] == prefix { end += 1 }
      if hasBytes { try sortByComparison(start..<end, by: key) } else { try sort(start..<end, by: key + 1) }
      start = end
    }
  }

  /// Sorts short runs, and merges them two and two.
  private mutating func sortByComparison(_ range: Range<Int>, by key: Int) throws {
    let order = order
    var runLength = Self.stepRowCount / 8
    for start in stride(from: range.lowerBound, to: range.upperBound, by: runLength) {
      try signals.check()
      rows[start..<min(range.upperBound, start + runLength)].sort { order.precedes(Int($0), Int($1), from: key) }
    }
    while runLength < range.count {
      for start in stride(from: range.lowerBound, to: range.upperBound, by: 2 * runLength) {
        try merge(start, min(range.upperBound, start + runLength), min(range.upperBound, start + 2 * runLength), by: key)
      }
      runLength *= 2
    }
  }

  private mutating func merge(_ start: Int, _ middle: Int, _ end: Int, by key: Int) throws {
    guard middle < end else { return }
    let left = Array(rows[start..<middle])
    var (l, r) = (0, middle)
    for place in start..<end {
      if place & 0xFFF == 0 { try signals.check() }
      guard l < left.count else { return }
      if r < end, order.precedes(Int(rows[r]), Int(left[l]), from: key) {
        rows[place] = rows[r]
        r += 1
      } else {
        rows[place] = left[l]
        l += 1
      }
    }
  }
}
