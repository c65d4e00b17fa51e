import MeanwhileData

/// The rows of each key, a run of bytes: made once, then read by any number of workers.
struct KeyIndex: Sendable {
  private let keys: BytesVector
  /// The row of each key.
  private let rows: Vector<UInt32>
  /// The next key of the same hash, plus one; 0 ends the chain.
  private let next: Vector<UInt32>
  /// The first key of a hash, plus one.
  private let heads: Vector<UInt32>
  private let mask: Int
  private let seed: UInt64

  /// - Parameter rows: the row that each key stands for.
  init(keys: BytesVector, rows: Vector<UInt32>) {
    self.keys = keys
    self.rows = rows
    let seed = KeyHash.seed
    self.seed = seed
    var size = 16
    while size < keys.count * 2 { size *= 2 }
    mask = size - 1
    var heads = [UInt32](repeating: 0, count: size)
    var next = [UInt32](repeating: 0, count: keys.count)
    // From the last to the first, so that a chain is in the order of the rows.
    for key in (0..<keys.count).reversed() {
      let place = Int(truncatingIfNeeded: KeyHash.bytes(keys[key], seed)) & mask
      next[key] = heads[place]
      heads[place] = UInt32(truncatingIfNeeded: key + 1)
    }
    self.heads = Vector(heads)
    self.next = Vector(next)
  }

  /// The rows of a key, in order.
  @inline(__always)
  func forEachRow(of key: UnsafeBufferPointer<UInt8>, _ body: (UInt32) -> Void) {
    var mark = heads[Int(truncatingIfNeeded: KeyHash.bytes(key, seed)) & mask]
    while mark != 0 {
      let entry = Int(mark) - 1
      if compareBytes(keys[entry], key) == 0 { body(rows[entry]) }
      mark = next[entry]
    }
  }
}
