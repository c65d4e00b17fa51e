import MeanwhileData

extension Column {
  /// The given rows, in the given order; a row may come repeatedly.
  ///
  /// - Precondition: every one is below ``rowCount``.
  func gather(_ rows: Vector<UInt32>) -> Column {
    var result = self
    result.rowCount = rows.count
    if isConstant || isAllNull { return result }
    if let offsets { return gather(rows, offsets: offsets) }
    result.values = values.gather(rows)
    if let nulls { result.nulls = nulls.gather(rows) }
    return result
  }

  private func gather(_ rows: Vector<UInt32>, offsets: Vector<UInt32>) -> Column {
    let slots = VectorBuilder<UInt32>(capacity: rows.count)
    let starts = VectorBuilder<UInt32>(capacity: rows.count + 1)
    starts.append(0)
    for index in 0..<rows.count {
      let row = Int(rows[index])
      var slot = offsets[row]
      let end = offsets[row + 1]
      while slot < end {
        slots.append(slot)
        slot &+= 1
      }
      starts.append(UInt32(truncatingIfNeeded: slots.count))
    }
    guard slots.count > 0 else { return .nulls(type, rowCount: rows.count) }
    return Column(type: type, rowCount: rows.count, values: values.gather(slots.finish()), offsets: starts.finish())
  }

  /// The rows of a range that are set in a selection of it, or all of it: shares memory where it can.
  func selected(_ selection: Selection, in range: Range<Int>) -> Column {
    switch selection {
    case .all: slice(range)
    case .some(let rows): slice(range).gather(rows)
    }
  }
}

extension Column.Values {
  /// The given slots, in the given order.
  func gather(_ slots: Vector<UInt32>) -> Column.Values {
    switch self {
    case .none: .none
    case .booleans(let values): .booleans(values.gather(slots))
    case .longs(let values): .longs(values.gather(slots))
    case .doubles(let values): .doubles(values.gather(slots))
    case .bytes(let values): .bytes(values.gather(slots))
    case .ordinals(let ordinals, let dictionary, let isSorted): .ordinals(ordinals.gather(slots), dictionary, isSorted: isSorted)
    }
  }
}

extension Vector {
  @inlinable
  func gather(_ slots: Vector<UInt32>) -> Vector {
    Vector(count: slots.count) { target in
      for index in 0..<slots.count { (target + index).initialize(to: self[Int(slots[index])]) }
    }
  }
}

extension BytesVector {
  func gather(_ slots: Vector<UInt32>) -> BytesVector {
    let offsets = Vector<UInt32>(count: slots.count + 1) { target in
      var end: UInt32 = 0
      target.initialize(to: 0)
      for index in 0..<slots.count {
        let slot = Int(slots[index])
        end &+= self.offsets[slot + 1] &- self.offsets[slot]
        (target + index + 1).initialize(to: end)
      }
    }
    let bytes = Vector<UInt8>(count: Int(offsets[slots.count])) { target in
      for index in 0..<slots.count {
        let source = self[Int(slots[index])]
        guard let start = source.baseAddress else { continue }
        (target + Int(offsets[index])).initialize(from: start, count: source.count)
      }
    }
    return BytesVector(offsets: offsets, bytes: bytes)
  }
}

extension Bitmap {
  /// The bits of the given rows; nil where none is set.
  func gather(_ rows: Vector<UInt32>) -> Bitmap? {
    var any: UInt64 = 0
    let words = Vector<UInt64>(count: (rows.count + 63) / 64) { target in
      var row = 0
      for word in 0..<(rows.count + 63) / 64 {
        var bits: UInt64 = 0
        let end = min(rows.count, row + 64)
        var bit: UInt64 = 0
        while row < end {
          let index = Int(rows[row])
          bits |= (self.words[index >> 6] >> UInt64(index & 63) & 1) << bit
          bit &+= 1
          row &+= 1
        }
        (target + word).initialize(to: bits)
        any |= bits
      }
    }
    return any == 0 ? nil : Bitmap(words: words, count: rows.count)
  }
}
