/// The two-sample test of Kolmogorov and Smirnov, exact.
enum KolmogorovSmirnov {
  /// More values would make visually small differences significant.
  private static let sampleMax = 500

  /// How probable it is that two samples of one distribution differ at least as much.
  ///
  /// Walks all orders in which the two samples may interleave: from how many of each came, the difference of their shares is known, and whether it
  /// reached the statistic. `reached[j]` is the probability of it among the orders of the first `i` and `j` values.
  static func pValue(_ first: [Double], _ second: [Double]) -> Double {
    let (n, m) = (first.count, second.count)
    let greatest = greatestDifference(first.sorted(), second.sorted())
    guard greatest > 0 else { return 1 }
    var reached = [Double](repeating: 0, count: m + 1)
    for i in 0...n {
      for j in 0...m {
        if abs(i * m - j * n) >= greatest {
          reached[j] = 1
        } else {
          let before = (i > 0 ? reached[j] * Double(i) : 0) + (j > 0 ? reached[j - 1] * Double(j) : 0)
          reached[j] = i + j > 0 ? before / Double(i + j) : 0
        }
      }
    }
    return reached[m]
  }

  /// The greatest difference of the shares of two samples up to a value, times both counts: a whole number.
  private static func greatestDifference(_ first: [Double], _ second: [Double]) -> Int {
    var (i, j, greatest) = (0, 0, 0)
    while i < first.count, j < second.count {
      let value = min(first[i], second[j])
      while i < first.count, first[i] == value { i += 1 }
      while j < second.count, second[j] == value { j += 1 }
      greatest = max(greatest, abs(i * second.count - j * first.count))
    }
    return greatest
  }

  /// The places of a random sample, in order: the same one for a count every time, and the same as Elasticsearch's, so that p-values agree.
  static func sample(ofCount count: Int) -> [Int] {
    guard count > sampleMax else { return Array(0..<count) }
    var random = LinearCongruence(seed: 126_832_678)
    var places = Array(0..<count)
    for index in 0..<sampleMax {
      let unit = random.next() * 0.99999
      places.swapAt(index, index + Int(unit * Double(count - index)))
    }
    return places.prefix(sampleMax).sorted()
  }

  /// The generator of `java.util.Random`, as its documentation defines it.
  private struct LinearCongruence {
    private static let multiplier: UInt64 = 0x5DEE_CE66D
    private static let mask: UInt64 = 1 << 48 - 1
    private var state: UInt64

    init(seed: UInt64) { state = (seed ^ Self.multiplier) & Self.mask }

    private mutating func bits(_ count: UInt64) -> UInt64 {
      state = (state &* Self.multiplier &+ 0xB) & Self.mask
      return state >> (48 - count)
    }

    /// From 0 to less than 1.
    mutating func next() -> Double { Double(bits(26) << 27 + bits(27)) / Double(UInt64(1) << 53) }
  }
}
