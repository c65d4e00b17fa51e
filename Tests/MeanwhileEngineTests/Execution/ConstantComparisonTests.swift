import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileEngine

/// Conditions `column op constant`, which are evaluated on buffers and skip blocks of rows, against the same by their definition.
@Suite struct ConstantComparisonTests {
  private static let rowCount = 3 * BlockBounds.rowCount + 123
  private let row = Attribute(name: "row", type: .long)
  private let whole = Attribute(name: "whole", type: .long)
  private let fraction = Attribute(name: "fraction", type: .double)
  private let word = Attribute(name: "word", type: .keyword)

  /// In order, so that blocks differ; every fifth is null where there are nulls, and one block has no value at all.
  private static func isNull(_ row: Int, _ hasNulls: Bool) -> Bool { hasNulls && (row % 5 == 0 || row / BlockBounds.rowCount == 1) }

  private static func wholes(_ hasNulls: Bool) -> [Int64?] { (0..<rowCount).map { isNull($0, hasNulls) ? nil : Int64($0 / 7) - 100 } }
  private static func fractions(_ hasNulls: Bool) -> [Double?] { wholes(hasNulls).map { $0.map { Double($0) / 4 } } }
  private static func words(_ hasNulls: Bool) -> [String?] { wholes(hasNulls).map { $0.map { "w\($0 % 9)" } } }

  private static let deleted: Set = [3, 5000, rowCount - 1]
  private static let withNulls = snapshot(hasNulls: true)
  private static let withoutNulls = snapshot(hasNulls: false)

  private static func snapshot(hasNulls: Bool) -> IndexSnapshot {
    let columns: [(name: String, column: Column)] = [
      ("row", .longs((0..<rowCount).map { Int64($0) })), ("whole", .longs(wholes(hasNulls))), ("fraction", .doubles(fractions(hasNulls))),
      ("word", .dictionary(words(hasNulls))),
    ]
    return SampleIndex(name: "a", segments: [columns], deleted: [0: deleted]).snapshot
  }

  private func plan(_ condition: Expression, hasNulls: Bool, computed: Bool) throws -> Plan {
    let snapshot = hasNulls ? Self.withNulls : Self.withoutNulls
    let scan = Plan.scan(
      Plan.Scan(snapshots: [snapshot], columns: [row, whole, fraction, word].map { .init($0, .field($0.name)) }))
    // Behind a computed column the condition is tried on batches instead of the segment.
    let input = computed ? Plan.eval(scan, [.init(Attribute(name: "x", type: .long), try .call("+", .column(row), .long(1)))]) : scan
    return .project(.filter(input, condition), [row])
  }

  private func expectRows(_ condition: Expression, hasNulls: Bool, _ passes: (Int) -> Bool) async throws {
    let expected = (0..<Self.rowCount).filter { !Self.deleted.contains($0) && passes($0) }.map { [Value.long(Int64($0))] }
    for computed in [false, true] {
      for workerCount in [1, 2] {
        let plan = try plan(condition, hasNulls: hasNulls, computed: computed)
        let found = try await Executor(.testing(workerCount: workerCount)).run(plan).table.rows
        #expect(found == expected, "\(condition.text), \(hasNulls ? "with" : "without") nulls")
      }
    }
  }

  private static func holds<Element: Comparable>(_ name: String, _ left: Element?, _ right: Element) -> Bool {
    guard let left else { return false }
    return switch name {
    case "==": left == right
    case "!=": left != right
    case "<": left < right
    case "<=": left <= right
    case ">": left > right
    default: left >= right
    }
  }

  @Test(arguments: ["==", "!=", "<", "<=", ">", ">="], [false, true])
  func comparesByValue(name: String, hasNulls: Bool) async throws {
    let (wholes, fractions, words) = (Self.wholes(hasNulls), Self.fractions(hasNulls), Self.words(hasNulls))
    for constant in [Int64.min, -100, 1000, .max] {
      try await expectRows(try .call(name, .column(whole), .long(constant)), hasNulls: hasNulls) { Self.holds(name, wholes[$0], constant) }
    }
    for constant in [-25, 250.1, 250.25, .infinity] {
      try await expectRows(try .call(name, .column(fraction), .double(constant)), hasNulls: hasNulls) {
        Self.holds(name, fractions[$0], constant)
      }
    }
    try await expectRows(try .call(name, .column(fraction), .integer(12)), hasNulls: hasNulls) { Self.holds(name, fractions[$0], 12) }
    for constant in ["w3", "w33", "", "x"] {
      try await expectRows(try .call(name, .column(word), .string(constant)), hasNulls: hasNulls) {
        Self.holds(name, words[$0], constant)
      }
    }
  }

  @Test func severalConditionsNarrowEachOther() async throws {
    let condition = try Expression.call(
      "and", .call("and", .call(">", .long(900), .column(whole)), .call("!=", .column(word), .string("w3"))),
      .call("<=", .column(fraction), .double(30)))
    let (wholes, words) = (Self.wholes(true), Self.words(true))
    try await expectRows(condition, hasNulls: true) { row in
      guard let whole = wholes[row] else { return false }
      return whole < 900 && words[row] != "w3" && Double(whole) / 4 <= 30
    }
  }

  @Test func severalValuesAreNotEqualAndWarn() async throws {
    let column = ColumnBuilder.column(of: [.long(1), .several([.long(1), .long(2)]), .null], type: .long)
    let index = SampleIndex(name: "a", segments: [[("whole", column)]])
    let scan = Plan.scan(Plan.Scan(snapshots: [index.snapshot], columns: [.init(whole, .field("whole"))]))
    let origin = Expression.Origin(line: 1, column: 5, text: "whole == 1")
    guard case .call(var call) = try Expression.call("==", .column(whole), .long(1)) else { return }
    call.origin = origin
    let context = ExecutionContext.testing()
    #expect(try await Executor(context).run(.filter(scan, .call(call))).table.rows == [[.long(1)]])
    #expect(context.warnings.texts.count == 2)
  }
}

@Suite struct BlockBoundsTests {
  @Test func tellLeastAndGreatestOfEachBlock() throws {
    let count = BlockBounds.rowCount * 2 + 3
    let cells = (0..<count).map { $0 / BlockBounds.rowCount == 1 ? nil : Int64($0) }
    let bounds = try #require(BlockBounds(.longs(cells)))
    guard case .longs(let least, let greatest) = bounds.values else {
      Issue.record("bounds of another layout")
      return
    }
    #expect(Array(least.buffer) == [0, .max, Int64(2 * BlockBounds.rowCount)])
    #expect(Array(greatest.buffer) == [Int64(BlockBounds.rowCount - 1), .min, Int64(count - 1)])
    #expect(Array(bounds.hasNulls.buffer) == [0, 1, 0])
  }

  @Test func areNotMadeOfWhatHasNone() {
    #expect(BlockBounds(.keywords(["a"])) == nil)
    #expect(BlockBounds(.doubles([1, .nan])) == nil)
    #expect(BlockBounds(ColumnBuilder.column(of: [.several([.long(1), .long(2)])], type: .long)) == nil)
  }
}
