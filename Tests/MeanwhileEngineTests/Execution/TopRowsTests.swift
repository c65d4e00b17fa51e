import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileEngine

private let rowCount = 24_000

/// The first rows of a sort over segments whose blocks can be passed over.
@Suite struct TopRowsTests {
  private let key = Attribute(name: "key", type: .double)
  private let row = Attribute(name: "row", type: .long)

  enum Shape: CaseIterable, Sendable {
    case ascending, descending, scattered, alike

    func value(_ row: Int) -> Double {
      switch self {
      case .ascending: Double(row / 3)
      case .descending: Double(rowCount - row) / 2
      case .scattered: Double(UInt32(truncatingIfNeeded: row) &* 2_654_435_761 >> 9)
      case .alike: 7
      }
    }
  }

  @Test(arguments: Shape.allCases, [false, true])
  func areThoseOfAStableSort(shape: Shape, isAscending: Bool) async throws {
    let cells = (0..<rowCount).map { $0 % 8_009 == 5 ? nil : shape.value($0) }
    let parts = [0..<9_000, 9_000..<rowCount]
    let index = SampleIndex(
      name: "a", segments: parts.map { part in [("key", .doubles(Array(cells[part]))), ("row", .longs(part.map { Int64($0) }))] })
    let scan = Plan.scan(Plan.Scan(snapshots: [index.snapshot], columns: [.init(key, .field("key")), .init(row, .field("row"))]))
    for nullsFirst in [false, true] {
      let rank = { (row: Int) in cells[row] == nil ? (nullsFirst ? 0 : 1) : (nullsFirst ? 1 : 0) }
      let order = (0..<rowCount).sorted { left, right in
        if rank(left) != rank(right) { return rank(left) < rank(right) }
        guard let l = cells[left], let r = cells[right], l != r else { return left < right }
        return isAscending ? l < r : l > r
      }
      let keys = [Plan.SortKey(.column(key), isAscending: isAscending, nullsFirst: nullsFirst)]
      for (count, workerCount) in [(1, 1), (20, 2), (3_000, 2)] {
        let found = try await Executor(.testing(workerCount: workerCount)).run(.project(.top(scan, keys, count: count), [row]))
        let expected = order.prefix(count).map { [Value.long(Int64($0))] }
        #expect(found.table.rows == expected, "\(count) rows, \(workerCount) workers, nulls first: \(nullsFirst)")
      }
    }
  }
}
