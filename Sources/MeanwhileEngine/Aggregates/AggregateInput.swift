import MeanwhileData

/// The values of one argument with the group of each: rows of several values are spread, so that a loop meets one value at a time.
struct AggregateInput<Element: FixedWidthElement> {
  let values: Vector<Element>
  /// The group of each value; holds what ``groups`` points to where it was made here.
  private let spread: Vector<UInt32>?
  let groups: UnsafeBufferPointer<UInt32>
  let nulls: Bitmap?
  let isConstant: Bool

  /// - Returns: nil where there is no value.
  init?(_ column: Column, _ groups: UnsafeBufferPointer<UInt32>) {
    guard let vector = Element.vector(column.values), vector.count > 0, groups.count > 0 else { return nil }
    guard column.offsets == nil else {
      let column = column.expandedConstant()
      guard let offsets = column.offsets, let vector = Element.vector(column.values) else { return nil }
      let slots = VectorBuilder<UInt32>(capacity: groups.count)
      let owners = VectorBuilder<UInt32>(capacity: groups.count)
      for row in 0..<groups.count {
        for slot in offsets[row]..<offsets[row + 1] {
          slots.append(slot)
          owners.append(groups[row])
        }
      }
      guard slots.count > 0 else { return nil }
      values = vector.gather(slots.finish())
      let spread = owners.finish()
      self.spread = spread
      self.groups = spread.buffer
      nulls = nil
      isConstant = false
      return
    }
    values = vector
    spread = nil
    self.groups = groups
    nulls = column.isConstant ? nil : column.nulls
    isConstant = column.isConstant
  }

  /// Every value with its group.
  @inline(__always)
  func forEach(_ body: (Element, Int) -> Void) {
    // What the groups' buffer points to must outlive the loop.
    defer { withExtendedLifetime(spread) {} }
    if isConstant {
      let value = values[0]
      for row in 0..<groups.count { body(value, Int(groups[row])) }
    } else if let nulls {
      for row in 0..<groups.count where !nulls[row] { body(values[row], Int(groups[row])) }
    } else {
      for row in 0..<groups.count { body(values[row], Int(groups[row])) }
    }
  }

  /// All values, whatever their group: for the one group of an aggregation without keys.
  @inline(__always)
  func reduce<Result>(into initial: Result, _ body: (inout Result, Element) -> Void) -> Result {
    var result = initial
    if isConstant {
      let value = values[0]
      for _ in 0..<groups.count { body(&result, value) }
    } else if let nulls {
      for row in 0..<groups.count where !nulls[row] { body(&result, values[row]) }
    } else {
      for row in 0..<groups.count { body(&result, values[row]) }
    }
    return result
  }
}
