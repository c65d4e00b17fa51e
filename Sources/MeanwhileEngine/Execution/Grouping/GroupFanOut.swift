import MeanwhileData

/// Makes grouping keys single-valued: a row with several values in a key becomes a row for each distinct one, over all keys a row for each combination.
struct GroupFanOut {
  /// The keys, one value a row at most.
  var keys: [Column]
  /// Which row of the batch each came from; nil where every row stands once.
  var rows: Vector<UInt32>?

  init(_ keys: [Column], rowCount: Int) {
    guard keys.contains(where: { $0.offsets != nil }) else {
      self.keys = keys.map { $0.expandedConstant() }
      return
    }
    let keys = keys.map { $0.expandedConstant() }
    let rows = VectorBuilder<UInt32>(capacity: rowCount)
    let slots = keys.map { _ in VectorBuilder<UInt32>(capacity: rowCount) }
    let nulls = keys.map { _ in VectorBuilder<UInt8>(capacity: rowCount) }
    for row in 0..<rowCount {
      let choices = keys.map { $0.distinctSlots(ofRow: row) }
      var odometer = [Int](repeating: 0, count: keys.count)
      combinations: while true {
        rows.append(UInt32(truncatingIfNeeded: row))
        for (index, choice) in choices.enumerated() {
          slots[index].append(UInt32(truncatingIfNeeded: choice.isEmpty ? 0 : choice[odometer[index]]))
          nulls[index].append(choice.isEmpty ? 1 : 0)
        }
        for index in keys.indices.reversed() {
          odometer[index] += 1
          if odometer[index] < choices[index].count { continue combinations }
          odometer[index] = 0
        }
        break
      }
    }
    let count = rows.count
    self.rows = rows.finish()
    self.keys = keys.indices.map { index in
      let key = keys[index]
      if key.values.count == 0 { return .nulls(key.type, rowCount: count) }
      let isNull = nulls[index]
      return Column(
        type: key.type, rowCount: count, values: key.values.gather(slots[index].finish()),
        nulls: isNull.buffer.contains(1) ? Bitmap(count: count) { isNull[$0] == 1 } : nil)
    }
  }
}

extension Column {
  /// The slots of a row whose values differ.
  fileprivate func distinctSlots(ofRow row: Int) -> [Int] {
    let slots = slots(ofRow: row)
    guard slots.count > 1 else { return Array(slots) }
    var kept: [Int] = []
    var seen: Set<Value> = []
    for slot in slots where seen.insert(value(inSlot: slot)).inserted { kept.append(slot) }
    return kept
  }
}
