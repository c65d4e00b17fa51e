import MeanwhileData

/// Which rows of a batch go on.
enum Selection {
  case all
  /// Row numbers, ascending.
  case some(Vector<UInt32>)

  func count(of rowCount: Int) -> Int {
    switch self {
    case .all: rowCount
    case .some(let rows): rows.count
    }
  }

  /// The rows for which a condition is true; null counts as false.
  init(where condition: Column) {
    let rowCount = condition.rowCount
    guard case .booleans(let values) = condition.values else {
      self = .some(.empty)
      return
    }
    if condition.isConstant {
      let isTrue = condition.offsets == nil && condition.nulls == nil && values.count > 0 && values[0] != 0
      self = isTrue ? .all : .some(.empty)
      return
    }
    if condition.offsets != nil {
      // A condition is single-valued; a column that is not can only be a field, for which several values are not true.
      self = .some(
        Vector(
          (0..<rowCount).filter { row in
            let slots = condition.slots(ofRow: row)
            return slots.count == 1 && values[slots.lowerBound] != 0
          }.map { UInt32($0) }))
      return
    }
    let rows = Self.rows(of: rowCount, where: values, nulls: condition.nulls)
    self = rows.count == rowCount ? .all : .some(rows)
  }

  /// The numbers of the rows whose value is 1, without a branch a row.
  private static func rows(of rowCount: Int, where values: Vector<UInt8>, nulls: Bitmap?) -> Vector<UInt32> {
    var found = 0
    let rows = Vector<UInt32>(count: rowCount) { target in
      if let nulls {
        for row in 0..<rowCount {
          (target + found).initialize(to: UInt32(truncatingIfNeeded: row))
          found &+= Int(values[row] & 1) & (nulls[row] ? 0 : 1)
        }
      } else {
        for row in 0..<rowCount {
          (target + found).initialize(to: UInt32(truncatingIfNeeded: row))
          found &+= Int(values[row] & 1)
        }
      }
    }
    return rows.slice(0..<found)
  }

  /// The rows of a range that a bitmap does not mark.
  init(live range: Range<Int>, deleted: Bitmap?) {
    guard let deleted else {
      self = .all
      return
    }
    let rows = VectorBuilder<UInt32>(capacity: range.count + 1)
    for row in range where !deleted[row] { rows.append(UInt32(truncatingIfNeeded: row - range.lowerBound)) }
    self = rows.count == range.count ? .all : .some(rows.finish())
  }

  /// A selection of what this one selected.
  func narrowed(by inner: Selection) -> Selection {
    switch (self, inner) {
    case (.all, let inner): inner
    case (let outer, .all): outer
    case (.some(let outer), .some(let inner)): .some(outer.gather(inner))
    }
  }
}

extension Selection {
  /// Rows that both have, of the same batch.
  func intersection(_ other: Selection) -> Selection {
    switch (self, other) {
    case (.all, let other): return other
    case (let own, .all): return own
    case (.some(let left), .some(let right)):
      let rows = VectorBuilder<UInt32>(capacity: min(left.count, right.count))
      var (l, r) = (0, 0)
      while l < left.count && r < right.count {
        if left[l] == right[r] { rows.append(left[l]) }
        let (a, b) = (left[l], right[r])
        if a <= b { l += 1 }
        if b <= a { r += 1 }
      }
      return .some(rows.finish())
    }
  }
}
