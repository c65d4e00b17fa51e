/// Numbers the combinations of join key values that a query meets, densely from 0.
struct JoinKeyTable {
  /// The most combinations that one event may stand for: the product of its keys' numbers of values.
  static let combinationsMax = 10_000

  private(set) var combinations: [[JoinKey]] = []
  private var numbers: [[JoinKey]: Int] = [:]

  var count: Int { combinations.count }

  /// Roughly, for a memory budget.
  private(set) var bytesHeld = 0

  mutating func number(of combination: [JoinKey]) -> Int {
    if let number = numbers[combination] { return number }
    let number = combinations.count
    combinations.append(combination)
    numbers[combination] = number
    bytesHeld += 2 * combination.count * MemoryLayout<JoinKey>.stride + 64
    return number
  }

  /// The numbers of all combinations of an event's values, the last key varying fastest.
  ///
  /// - Parameter values: for each key, its distinct values in ascending order, ``JoinKey/null`` for an optional key that has none. A key with no
  ///   values at all means that the event takes no part.
  mutating func numbers(of values: [[JoinKey]]) -> [Int] {
    var combinations: [[JoinKey]] = [[]]
    for options in values {
      guard !options.isEmpty else { return [] }
      guard combinations.count * options.count <= Self.combinationsMax else { break }
      combinations = combinations.flatMap { head in options.map { head + [$0] } }
    }
    guard let width = combinations.first?.count, width == values.count else { return [] }
    return combinations.map { number(of: $0) }
  }
}
