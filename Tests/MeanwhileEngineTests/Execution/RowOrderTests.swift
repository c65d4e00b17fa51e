import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileEngine

/// Sorting against the plain sort of the standard library.
@Suite struct RowOrderTests {
  static let sizes = [0, 1, 2, 511, 513, 20_000]

  /// Few different values, so that later keys count; every eleventh is missing.
  private func numbers(_ count: Int, different: Int64) -> [Int64?] {
    (0..<count).map { row in
      let mixed = Int64(UInt32(truncatingIfNeeded: row) &* 2_654_435_761 >> 7)
      return mixed % 11 == 0 ? nil : mixed % different - different / 2
    }
  }

  private func check(_ columns: [Column], _ keys: [Plan.SortKey], rowCount: Int, _ precedes: (Int, Int) -> Bool) throws {
    let order = try RowOrder(columns, keys, QuerySignals())
    let expected = (0..<rowCount).sorted { precedes($0, $1) || (!precedes($1, $0) && $0 < $1) }
    let all = try order.sorted(rowCount: rowCount, QuerySignals())
    #expect((0..<all.count).map { Int(all[$0]) } == expected)
    let few = try order.sorted(rowCount: rowCount, limit: 17, QuerySignals())
    #expect((0..<few.count).map { Int(few[$0]) } == Array(expected.prefix(17)))
  }

  private func precedes<Cell: Comparable>(_ left: Cell?, _ right: Cell?, isAscending: Bool, nullsFirst: Bool) -> Bool? {
    switch (left, right) {
    case (nil, nil): nil
    case (nil, _): nullsFirst
    case (_, nil): !nullsFirst
    case (let left?, let right?): left == right ? nil : (left < right) == isAscending
    }
  }

  @Test(arguments: sizes, [true, false]) func byTwoNumbers(rowCount: Int, isAscending: Bool) throws {
    let (first, second) = (numbers(rowCount, different: 5), numbers(rowCount * 2, different: 1_000_000).suffix(rowCount).map { $0 })
    let keys = [
      Plan.SortKey(.literal(.null, .long), isAscending: isAscending, nullsFirst: true),
      Plan.SortKey(.literal(.null, .long), isAscending: !isAscending, nullsFirst: false),
    ]
    try check([.longs(first), .longs(second)], keys, rowCount: rowCount) { left, right in
      precedes(first[left], first[right], isAscending: isAscending, nullsFirst: true)
        ?? precedes(second[left], second[right], isAscending: !isAscending, nullsFirst: false) ?? false
    }
  }

  @Test(arguments: sizes) func byTextThatBeginsAlike(rowCount: Int) throws {
    let words = numbers(rowCount, different: 700).map { $0.map { "the same beginning \($0 + 1_000)" } }
    try check([.keywords(words)], [Plan.SortKey(.literal(.null, .keyword))], rowCount: rowCount) { left, right in
      precedes(words[left], words[right], isAscending: true, nullsFirst: false) ?? false
    }
  }

  @Test func byDoublesOfBothSigns() throws {
    let values: [Double] = (0..<2_000).map { Double(($0 &* 7_919) % 2_001 - 1_000) / 8 } + [-0.0, 0.0, .infinity, -.infinity]
    try check([.doubles(values)], [Plan.SortKey(.literal(.null, .double))], rowCount: values.count) { values[$0] < values[$1] }
  }
}
