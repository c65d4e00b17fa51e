/// A run of bits, one a row, in 64-bit words, least significant bit first.
public struct Bitmap: Sendable {
  public let words: Vector<UInt64>
  /// Bits.
  public let count: Int

  /// - Parameter words: at least `(count + 63) / 64`; bits behind `count` are zero.
  @inlinable
  public init(words: Vector<UInt64>, count: Int) {
    self.words = words
    self.count = count
  }

  /// All bits alike.
  public init(repeating bit: Bool, count: Int) {
    self.init(count: count) { _ in bit }
  }

  /// A bit a row, computed.
  @inlinable
  public init(count: Int, _ isSet: (Int) throws -> Bool) rethrows {
    let words = try Vector<UInt64>(count: (count + 63) / 64) { target in
      for word in 0..<(count + 63) / 64 {
        var bits: UInt64 = 0
        for bit in 0..<min(64, count - word * 64) where try isSet(word * 64 + bit) { bits |= 1 << UInt64(bit) }
        target[word] = bits
      }
    }
    self.init(words: words, count: count)
  }

  /// Unchecked: `index` must be in `0 ..< count`.
  @inlinable
  public subscript(index: Int) -> Bool {
    @inline(__always) get { words[index >> 6] & (1 << UInt64(index & 63)) != 0 }
  }

  /// How many bits are set.
  public var setCount: Int {
    var total = 0
    for word in words.buffer { total += word.nonzeroBitCount }
    return total
  }

  /// A part. Shares memory where the start is a multiple of 64.
  public func slice(_ range: Range<Int>) -> Bitmap {
    guard range.lowerBound % 64 != 0 || range.upperBound % 64 != 0 && range.upperBound != count else {
      let first = range.lowerBound / 64
      return Bitmap(words: words.slice(first..<(range.upperBound + 63) / 64), count: range.count)
    }
    return Bitmap(count: range.count) { self[range.lowerBound + $0] }
  }

  /// Bits of either.
  public func union(_ other: Bitmap) -> Bitmap {
    let words = Vector<UInt64>(count: (count + 63) / 64) { target in
      for index in 0..<(count + 63) / 64 { target[index] = self.words[index] | other.words[index] }
    }
    return Bitmap(words: words, count: count)
  }
}
