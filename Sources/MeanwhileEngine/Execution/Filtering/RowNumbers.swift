import MeanwhileData

/// Finds the rows that meet a condition.
enum RowNumbers {
  /// Rows that are looked at together.
  private static let chunkCount = 512

  /// The numbers below a count for which a condition holds, ascending.
  ///
  /// First the truth of a run of rows as bytes, which needs no branch, then the numbers of those that are 1, eight rows at a time: a branch a row
  /// would be mispredicted the more often the less it is always the same.
  @inline(__always)
  static func `where`(_ count: Int, _ holds: (Int) -> Bool) -> Vector<UInt32> {
    var found = 0
    // One place more than there are rows, since what is written behind the last number found may be none.
    let rows = Vector<UInt32>(count: count + 1) { target in
      withUnsafeTemporaryAllocation(byteCount: chunkCount, alignment: 8) { scratch in
        guard let base = scratch.baseAddress else { return }
        let truth = base.bindMemory(to: UInt8.self, capacity: chunkCount)
        var start = 0
        while start < count {
          let length = min(chunkCount, count &- start)
          var place = 0
          while place < length {
            truth[place] = holds(start &+ place) ? 1 : 0
            place &+= 1
          }
          while place & 7 != 0 {
            truth[place] = 0
            place &+= 1
          }
          found = append(truth, length: place, start: start, to: target, at: found)
          start &+= length
        }
      }
    }
    return rows.slice(0..<found)
  }

  /// Appends the numbers of the bytes that are 1.
  ///
  /// - Parameter length: a multiple of 8.
  /// - Returns: where the next number goes.
  @inline(__always)
  private static func append(
    _ truth: UnsafeMutablePointer<UInt8>, length: Int, start: Int, to target: UnsafeMutablePointer<UInt32>, at first: Int
  ) -> Int {
    var found = first
    var place = 0
    while place < length {
      if UnsafeRawPointer(truth + place).load(as: UInt64.self) != 0 {
        var row = UInt32(truncatingIfNeeded: start &+ place)
        for index in 0..<8 {
          target[found] = row
          found &+= Int(truncatingIfNeeded: truth[place &+ index])
          row &+= 1
        }
      }
      place &+= 8
    }
    return found
  }
}
