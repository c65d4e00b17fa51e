/// Numbers distinct pairs of numbers in the order of their first appearance: in an array while both sides are few, else by hash.
final class PairTable {
  private let hashed = LongKeyTable()
  /// By number: left in the high 32 bits, right in the low ones.
  private(set) var pairs: [UInt64] = []
  private var dense: [UInt32] = []
  private var leftCapacity = 0
  private var rightCapacity = 0
  private var isDense = true
  private static let denseCountMax = 1 << 20

  var count: Int { pairs.count }
  var byteCount: Int { pairs.count * 8 + dense.count * 4 + hashed.byteCount }

  func left(_ number: Int) -> UInt32 { UInt32(truncatingIfNeeded: pairs[number] >> 32) }
  func right(_ number: Int) -> UInt32 { UInt32(truncatingIfNeeded: pairs[number]) }

  /// Numbers a batch.
  ///
  /// - Parameters:
  ///   - lefts: below `leftCount`; replaced by the pairs' numbers.
  ///   - rights: below `rightCount`.
  func number(_ lefts: UnsafeMutablePointer<UInt32>, _ leftCount: Int, _ rights: UnsafePointer<UInt32>, _ rightCount: Int, rowCount: Int) {
    if isDense, leftCount > leftCapacity || rightCount > rightCapacity { makeRoom(leftCount, rightCount) }
    guard isDense else { return numberHashed(lefts, rights, rowCount: rowCount) }
    let stride = rightCapacity
    dense.withUnsafeMutableBufferPointer { dense in
      for row in 0..<rowCount {
        let place = Int(lefts[row]) &* stride &+ Int(rights[row])
        let mark = dense[place]
        if mark != 0 {
          lefts[row] = mark &- 1
          continue
        }
        pairs.append(UInt64(lefts[row]) << 32 | UInt64(rights[row]))
        dense[place] = UInt32(truncatingIfNeeded: pairs.count)
        lefts[row] = UInt32(truncatingIfNeeded: pairs.count - 1)
      }
    }
  }

  private func numberHashed(_ lefts: UnsafeMutablePointer<UInt32>, _ rights: UnsafePointer<UInt32>, rowCount: Int) {
    for row in 0..<rowCount {
      let pair = UInt64(lefts[row]) << 32 | UInt64(rights[row])
      let number = hashed.hashedNumber(of: Int64(bitPattern: pair))
      if Int(number) == pairs.count { pairs.append(pair) }
      lefts[row] = number
    }
  }

  private func makeRoom(_ leftCount: Int, _ rightCount: Int) {
    while leftCapacity < leftCount { leftCapacity = max(16, leftCapacity * 2) }
    while rightCapacity < rightCount { rightCapacity = max(16, rightCapacity * 2) }
    let (size, overflow) = leftCapacity.multipliedReportingOverflow(by: rightCapacity)
    guard !overflow, size <= Self.denseCountMax else {
      isDense = false
      dense = []
      for pair in pairs { _ = hashed.hashedNumber(of: Int64(bitPattern: pair)) }
      return
    }
    dense = [UInt32](repeating: 0, count: size)
    for (number, pair) in pairs.enumerated() {
      dense[Int(pair >> 32) * rightCapacity + Int(pair & 0xFFFF_FFFF)] = UInt32(truncatingIfNeeded: number + 1)
    }
  }
}
