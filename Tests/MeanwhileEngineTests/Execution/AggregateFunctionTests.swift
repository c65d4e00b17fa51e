import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileEngine

/// What each aggregate makes of a few values, and of nothing; and that workers' states come together to what one worker finds.
@Suite struct AggregateFunctionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var values: [Int64?]
    var more: [Expression] = []
    var result: Value

    init(_ name: String, _ values: [Int64?], _ more: Expression..., gives result: Value) {
      self.name = name
      self.values = values
      self.more = more
      self.result = result
    }

    var testDescription: String { "\(name) of \(values)" }
  }

  static let cases: [Case] = [
    Case("count", [3, nil, 3], gives: .long(2)), Case("count", [], gives: .long(0)),
    Case("sum", [3, nil, 4], gives: .long(7)), Case("sum", [nil], gives: .null),
    Case("avg", [3, nil, 4], gives: .double(3.5)), Case("avg", [nil], gives: .null),
    Case("min", [3, nil, -4], gives: .long(-4)), Case("max", [3, nil, -4], gives: .long(3)), Case("max", [nil], gives: .null),
    Case("count_distinct", [1, 2, 2, nil, 3], gives: .long(3)), Case("count_distinct", [nil], gives: .long(0)),
    Case("median", [5, 1, nil, 3], gives: .double(3)), Case("median", [1, 2], gives: .double(1.5)), Case("median", [nil], gives: .null),
    Case("percentile", [1, 2, 3, 4, 5], .integer(25), gives: .double(2)),
    Case("percentile", [10, 20], .integer(100), gives: .double(20)), Case("percentile", [1], .integer(101), gives: .null),
    Case("median_absolute_deviation", [1, 2, 4, 10], gives: .double(1.5)), Case("median_absolute_deviation", [nil], gives: .null),
    Case("std_dev", [2, 4, 4, 4, 5, 5, 7, 9], gives: .double(2)), Case("std_dev", [nil], gives: .null),
    Case("variance", [2, 4, 4, 4, 5, 5, 7, 9], gives: .double(4)), Case("variance", [6], gives: .double(0)),
    Case("values", [3, 1, nil, 3], gives: .several([.long(1), .long(3)])), Case("values", [nil], gives: .null),
    Case("present", [nil, 1], gives: .boolean(true)), Case("present", [nil], gives: .boolean(false)),
    Case("absent", [nil, 1], gives: .boolean(false)), Case("absent", [], gives: .boolean(true)),
    Case("top", [3, nil, 1, 2], .integer(2), .string("desc"), gives: .several([.long(3), .long(2)])),
    Case("first", [5, 2, 9], .column(NumberedRows.number), gives: .long(2)),
    Case("last", [5, 2, 9], .column(NumberedRows.number), gives: .long(9)),
    Case("sample", [7], .integer(5), gives: .long(7)),
    Case("weighted_avg", [1, 3, nil], .integer(2), gives: .double(2)), Case("weighted_avg", [nil], .integer(2), gives: .null),
  ]

  @Test(arguments: cases) func ofAFewValues(_ given: Case) async throws {
    let field = NumberedRows.number
    let page = Page(rowCount: given.values.count, columns: [.longs(given.values)])
    let plan = Plan.aggregate(.rows([field], page), .init(groups: [], aggregates: [try aggregate(given, of: field)]))
    #expect(try await Executor(.testing()).run(plan).table.rows == [[given.result]])
  }

  /// A case for every aggregate there is.
  @Test func allAreCovered() {
    let names = FunctionRegistry.standard.names.filter { FunctionRegistry.standard.aggregate($0) != nil }
    #expect(Set(names) == Set(Self.cases.map(\.name)))
  }

  static let data = NumberedRows(rowCount: 140_000)
  /// A sample is another one each time.
  static let names = Set(cases.map(\.name)).subtracting(["sample"]).sorted()

  @Test(arguments: names) func workersAgreeWithOneWorker(name: String) async throws {
    let more = Self.cases.first { $0.name == name }?.more ?? []
    let plan = Plan.aggregate(
      Self.data.scan(),
      .init(
        groups: [.init(NumberedRows.text, .column(NumberedRows.text))],
        aggregates: [try aggregate(Case(name, [], gives: .null), of: NumberedRows.remainder, more)]))
    let alone = try await Executor(.testing(workerCount: 1)).run(plan).table.rows
    let together = try await Executor(.testing(workerCount: 3)).run(plan).table.rows
    #expect(alone.count == 7)
    #expect(alone.map { $0[1] } == together.map { $0[1] })
    for (left, right) in zip(alone, together) {
      guard case .double(let one) = left[0], case .double(let other) = right[0] else {
        #expect(left[0] == right[0])
        continue
      }
      // Digests of quantiles depend on how rows fell to workers; sums of doubles in their last digit.
      #expect(abs(one - other) <= 5)
    }
  }

  private func aggregate(_ given: Case, of field: Attribute, _ more: [Expression]? = nil) throws -> Plan.Aggregate {
    let arguments = [.column(field)] + (more ?? given.more)
    let (function, resolution) = try FunctionRegistry.standard.resolveAggregate(given.name, arguments)
    return Plan.Aggregate(
      attribute: Attribute(name: given.name, type: resolution.type), function: function, resolution: resolution, arguments: arguments)
  }
}
