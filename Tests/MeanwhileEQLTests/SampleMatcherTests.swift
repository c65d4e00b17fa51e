import Testing

@testable import MeanwhileEQL

@Suite("Sample matcher")
struct SampleMatcherTests {
  static let samples: [(candidates: [[Int]], limit: Int, samples: [[Int]])] = [
    ([[1, 2, 3], [4, 5], [4, 5, 3]], 1, [[1, 4, 5]]),
    ([[1], [1]], 1, []),
    ([[1], [1, 2]], 1, [[1, 2]]),
    ([[1], []], 1, []),
    ([[1, 2, 4], [3]], 2, [[1, 3], [2, 3]]),
    ([[1, 2, 4], [3]], 10, [[1, 3], [2, 3], [4, 3]]),
    // The first choice may have to give way.
    ([[1, 2], [1], [3]], 1, [[2, 1, 3]]),
    ([[1], [2]], 0, []),
  ]

  @Test(arguments: samples)
  func chooses(_ example: (candidates: [[Int]], limit: Int, samples: [[Int]])) {
    let samples = SampleMatcher.samples(from: example.candidates, limit: example.limit) {}
    #expect(samples == example.samples)
  }
}

@Suite("Join keys")
struct JoinKeyTests {
  /// The numbers of all combinations of some values, given by number.
  private func numbers(_ table: inout JoinKeyTable, _ values: [[Int]]) -> [Int] {
    var found: [Int] = []
    table.numbers(into: &found) { place, buffer in buffer = values[place] }
    return found
  }

  @Test("Every combination of several values has a number, which stays")
  func combinations() {
    var table = JoinKeyTable(width: 2)
    #expect(numbers(&table, [[7, 8], [1, 2]]) == [0, 1, 2, 3])
    #expect(table.values(of: 2) == [8, 1])
    #expect(numbers(&table, [[8], [1]]) == [2])
    #expect(numbers(&table, [[8], []]) == [])
    #expect(table.count == 4)
  }

  @Test("Without keys there is one combination")
  func noKeys() {
    var table = JoinKeyTable(width: 0)
    #expect(numbers(&table, []) == [0])
    #expect(table.values(of: 0) == [])
  }

  @Test("The same number is the same key whatever its type")
  func numbers() {
    #expect(JoinKey.number(5.0) == .integer(5))
    #expect(JoinKey.number(UInt64(5)) == .integer(5))
    #expect(JoinKey.number(5.5) == .decimal(5.5))
    #expect(JoinKey.number(UInt64.max) == .unsigned(.max))
  }

  @Test("Null first, then by value")
  func order() {
    let keys: [JoinKey] = [.string("b"), .null, .string("GTA"), .integer(3), .boolean(true), .boolean(false)]
    #expect(keys.sorted() == [.null, .boolean(false), .boolean(true), .integer(3), .string("GTA"), .string("b")])
  }
}
