/// Numbers the combinations of join key values that a query meets, densely from 0.
///
/// A combination is reached key by key: a number for the values so far and one for the next value make the number of both. So no combination is built
/// for an event whose combination is known.
struct JoinKeyTable {
  /// The most combinations that one event may stand for: the product of its keys' numbers of values.
  static let combinationsMax = 10_000

  /// By place of the key: the numbers of what leads up to it, with its value's number, each in 32 bits.
  private var levels: [Level]
  private let width: Int

  private struct Level {
    var numbers: [UInt64: Int] = [:]
    /// By number, what it was made of.
    var entries: [UInt64] = []
  }

  /// - Parameter width: how many keys a combination has.
  init(width: Int) {
    self.width = width
    levels = Array(repeating: Level(), count: width)
  }

  /// Combinations so far.
  var count: Int { levels.last.map(\.entries.count) ?? 1 }

  /// Roughly, for a memory budget.
  var bytesHeld: Int { levels.reduce(0) { $0 + $1.entries.count * 48 } }

  /// The number of a combination, given now or before.
  mutating func number(of values: [Int]) -> Int {
    var number = 0
    for (level, value) in values.enumerated() { number = self.number(of: value, behind: number, level: level) }
    return number
  }

  private mutating func number(of value: Int, behind number: Int, level: Int) -> Int {
    let entry = UInt64(UInt32(truncatingIfNeeded: number)) << 32 | UInt64(UInt32(truncatingIfNeeded: value))
    if let known = levels[level].numbers[entry] { return known }
    let next = levels[level].entries.count
    levels[level].entries.append(entry)
    levels[level].numbers[entry] = next
    return next
  }

  /// The numbers of a combination's values.
  func values(of number: Int) -> [Int] {
    var values: [Int] = []
    var number = number
    for level in levels.reversed() {
      let entry = level.entries[number]
      values.append(Int(entry & 0xFFFF_FFFF))
      number = Int(entry >> 32)
    }
    return values.reversed()
  }

  /// The numbers of all combinations of an event's values, the last key varying fastest.
  ///
  /// - Parameters:
  ///   - out: what is found; overwritten.
  ///   - values: the distinct values of the key at a place, into a buffer that comes empty. None at all means that the event takes no part.
  mutating func numbers(into out: inout [Int], values: (_ place: Int, _ buffer: inout [Int]) -> Void) {
    out.removeAll(keepingCapacity: true)
    out.append(0)
    var buffer: [Int] = []
    for level in 0..<width {
      buffer.removeAll(keepingCapacity: true)
      values(level, &buffer)
      guard let first = buffer.first, out.count * buffer.count <= Self.combinationsMax else {
        out.removeAll(keepingCapacity: true)
        return
      }
      guard buffer.count > 1 else {
        for index in out.indices { out[index] = number(of: first, behind: out[index], level: level) }
        continue
      }
      out = out.flatMap { prefix in buffer.map { number(of: $0, behind: prefix, level: level) } }
    }
  }
}
