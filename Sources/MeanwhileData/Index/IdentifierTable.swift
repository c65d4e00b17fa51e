/// Finds the row of a document's id: an open-addressing table of rows over a segment's `_id` column. Small, and the same in memory and in a file.
public struct IdentifierTable: Sendable {
  /// Row plus one, 0 where free.
  public let slots: Vector<UInt32>
  /// Whether the table was made for its rows: then an id's first slot is its hash's share of the slots, of which two in three are taken. Else there is a power of two of slots, at
  /// most half of them taken, and the low bits of the hash count.
  public let isDense: Bool

  /// - Parameter slots: checked for its size; rows are checked as they are met.
  public init?(slots: Vector<UInt32>, isDense: Bool = false) {
    guard slots.count > 0, isDense || slots.count & (slots.count - 1) == 0 else { return nil }
    self.slots = slots
    self.isDense = isDense
  }

  /// The newest row of an id; nil where the segment has none.
  public func row(of id: UnsafeBufferPointer<UInt8>, in ids: BytesVector) -> Int? {
    let hash = BytesHash.hash(id)
    var slot =
      isDense
      ? Self.slot(of: hash, count: slots.count) : Int(truncatingIfNeeded: hash & UInt64(truncatingIfNeeded: slots.count - 1))
    for _ in 0..<slots.count {
      let entry = Int(slots[slot])
      guard entry != 0, entry <= ids.count else { return nil }
      if ByteOrder.isEqual(ids[entry - 1], id) { return entry - 1 }
      slot = slot + 1 == slots.count ? 0 : slot + 1
    }
    return nil
  }

  /// The dense table of a column of ids; of an id that comes twice, the later row.
  public init(of ids: BytesVector) {
    let size = max(16, ids.count + ids.count / 2)
    isDense = true
    slots = Vector(count: size) { target in
      target.initialize(repeating: 0, count: size)
      for row in 0..<ids.count {
        let id = ids[row]
        var slot = Self.slot(of: BytesHash.hash(id), count: size)
        while target[slot] != 0, !ByteOrder.isEqual(ids[Int(target[slot]) - 1], id) { slot = slot + 1 == size ? 0 : slot + 1 }
        target[slot] = UInt32(truncatingIfNeeded: row) + 1
      }
    }
  }

  @inline(__always)
  private static func slot(of hash: UInt64, count: Int) -> Int { Int(hash.multipliedFullWidth(by: UInt64(count)).high) }
}
