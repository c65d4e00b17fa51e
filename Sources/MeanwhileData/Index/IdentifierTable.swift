/// Finds the row of a document's id: an open-addressing table of rows over a segment's `_id` column. Small, and the same in memory and in a file.
public struct IdentifierTable: Sendable {
  /// Row plus one, 0 where free. A power of two of them, at most half of them taken.
  public let slots: Vector<UInt32>

  /// - Parameter slots: checked for its size; rows are checked as they are met.
  public init?(slots: Vector<UInt32>) {
    guard slots.count > 0, slots.count & (slots.count - 1) == 0 else { return nil }
    self.slots = slots
  }

  /// The newest row of an id; nil where the segment has none.
  public func row(of id: UnsafeBufferPointer<UInt8>, in ids: BytesVector) -> Int? {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: BytesHash.hash(id)) & mask
    for _ in 0..<slots.count {
      let entry = Int(slots[slot])
      guard entry != 0, entry <= ids.count else { return nil }
      if ByteOrder.isEqual(ids[entry - 1], id) { return entry - 1 }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// The table of a column of ids; of an id that comes twice, the later row.
  public init(of ids: BytesVector) {
    var size = 16
    while size < ids.count * 2 { size *= 2 }
    let mask = size - 1
    slots = Vector(count: size) { target in
      target.initialize(repeating: 0, count: size)
      for row in 0..<ids.count {
        let id = ids[row]
        var slot = Int(truncatingIfNeeded: BytesHash.hash(id)) & mask
        while target[slot] != 0, !ByteOrder.isEqual(ids[Int(target[slot]) - 1], id) { slot = (slot + 1) & mask }
        target[slot] = UInt32(truncatingIfNeeded: row) + 1
      }
    }
  }
}
