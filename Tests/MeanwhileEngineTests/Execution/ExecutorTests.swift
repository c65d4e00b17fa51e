import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileEngine

@Suite struct ExecutorTests {
  let host = Attribute(name: "host", type: .keyword)
  let bytes = Attribute(name: "bytes", type: .long)
  let load = Attribute(name: "load", type: .double)

  /// Rows 0 ..< count over two segments, of which every seventh is deleted in the second.
  func scan(rowCount: Int = 20_000, filter: Expression? = nil) -> Plan {
    let split = rowCount / 3
    func segment(_ rows: Range<Int>) -> [(name: String, column: Column)] {
      [
        ("host", .dictionary(rows.map { $0 % 10 == 9 ? nil : "host-\($0 % 10)" })), ("bytes", .longs(rows.map { Int64($0) })),
        ("load", .doubles(rows.map { $0 % 4 == 0 ? nil : Double($0 % 100) / 10 })),
      ]
    }
    let index = SampleIndex(
      name: "logs", segments: [segment(0..<split), segment(split..<rowCount)],
      deleted: [1: Set(stride(from: 0, to: rowCount - split, by: 7))])
    return .scan(
      Plan.Scan(
        snapshots: [index.snapshot],
        columns: [.init(host, .field("host")), .init(bytes, .field("bytes")), .init(load, .field("load"))], filter: filter))
  }

  /// The rows that stand.
  func standing(_ rowCount: Int = 20_000) -> [Int] { (0..<rowCount).filter { $0 < rowCount / 3 || ($0 - rowCount / 3) % 7 != 0 } }

  @Test(arguments: [1, 2, 4]) func filterThenProject(workerCount: Int) async throws {
    let plan = Plan.project(
      .filter(
        scan(), try .call("and", .call(">=", .column(bytes), .long(100)), .call("==", .column(host), .string("host-3")))), [bytes])
    let result = try await Executor(.testing(workerCount: workerCount)).run(plan)
    #expect(result.table.rows == standing().filter { $0 >= 100 && $0 % 10 == 3 }.map { [.long(Int64($0))] })
    #expect(!result.isPartial)
  }

  @Test func evalReadsAnEarlierAssignment() async throws {
    let double = Attribute(name: "double", type: .long)
    let more = Attribute(name: "more", type: .long)
    let plan = Plan.limit(
      .project(
        .eval(
          scan(), [.init(double, try .call("*", .column(bytes), .long(2))), .init(more, try .call("+", .column(double), .long(1)))]),
        [more]), 3)
    #expect(try await Executor(.testing()).run(plan).table.rows == [[.long(1)], [.long(3)], [.long(5)]])
  }

  @Test(arguments: [1, 2]) func limitTakesTheFirstRowsOfTheSource(workerCount: Int) async throws {
    let plan = Plan.limit(.project(.filter(scan(rowCount: 300_000), try .call(">", .column(load), .double(5))), [bytes]), 5_000)
    let expected = standing(300_000).filter { $0 % 4 != 0 && $0 % 100 > 50 }.prefix(5_000).map { [Value.long(Int64($0))] }
    let result = try await Executor(.testing(workerCount: workerCount)).run(plan)
    #expect(result.table.rows == expected)
  }

  @Test(arguments: [1, 3]) func sortDescendingPutsNullsFirst(workerCount: Int) async throws {
    let keys = [
      Plan.SortKey(.column(load), isAscending: false), Plan.SortKey(.column(host)), Plan.SortKey(.column(bytes), isAscending: false),
    ]
    func hostRank(_ row: Int) -> Int { row % 10 == 9 ? 100 : row % 10 }
    let expected = standing().sorted { left, right in
      let (l, r) = (left % 4 == 0 ? 1000 : left % 100, right % 4 == 0 ? 1000 : right % 100)
      if l != r { return l > r }
      if hostRank(left) != hostRank(right) { return hostRank(left) < hostRank(right) }
      return left > right
    }.map { [Value.long(Int64($0))] }
    let sorted = try await Executor(.testing(workerCount: workerCount)).run(.project(.sort(scan(), keys), [bytes]))
    #expect(sorted.table.rows == expected)
    for count in [1, 17, 6_000] {
      let top = try await Executor(.testing(workerCount: workerCount)).run(.project(.top(scan(), keys, count: count), [bytes]))
      #expect(top.table.rows == Array(expected.prefix(count)))
    }
  }

  /// A segment's ordinals say nothing of another segment's.
  @Test(arguments: [1, 2]) func topOfTextsOverSegments(workerCount: Int) async throws {
    let words = (0..<20_000).map { "m-\(1_000 + $0 % 500)" }
    let index = SampleIndex(
      name: "words",
      segments: [
        [("host", .dictionary(words))], [("host", .dictionary(Array(repeating: "zz", count: 70_000)))],
        [("host", .dictionary(words.map { $0 == "m-1003" ? "a" : "z" + $0 }))],
      ])
    let scan = Plan.scan(Plan.Scan(snapshots: [index.snapshot], columns: [.init(host, .field("host"))]))
    let expected = (Array(repeating: "a", count: 40) + Array(repeating: "m-1000", count: 10)).map { [Value.string($0)] }
    let top = try await Executor(.testing(workerCount: workerCount)).run(.top(scan, [.init(.column(host))], count: 50))
    #expect(top.table.rows == expected)
    let last = try await Executor(.testing(workerCount: workerCount)).run(
      .top(scan, [.init(.column(host), isAscending: false)], count: 50))
    #expect(last.table.rows == Array(repeating: [.string("zz")], count: 50))
  }

  @Test func expandMakesARowOfEachValue() async throws {
    let several = Attribute(name: "several", type: .long)
    let one = Attribute(name: "several", type: .long)
    let page = Page(
      rowCount: 3,
      columns: [
        ColumnBuilder.column(of: [.several([.long(1), .long(2)]), .null, .long(3)], type: .long), .longs([10, 20, 30]),
      ])
    let plan = Plan.expand(.rows([several, bytes], page), several, as: one)
    #expect(
      try await Executor(.testing()).run(plan).table.rows == [
        [.long(1), .long(10)], [.long(2), .long(10)], [.null, .long(20)], [.long(3), .long(30)],
      ])
  }

  @Test func aCancelledQueryThrows() async throws {
    let context = ExecutionContext.testing()
    context.signals.cancel()
    await #expect(throws: CancellationError.self) { try await Executor(context).run(scan()) }
  }

  @Test func anEarlyFinishGivesWhatThereIs() async throws {
    let context = ExecutionContext.testing()
    context.signals.requestEarlyFinish()
    let result = try await Executor(context).run(scan())
    #expect(result.isPartial)
    #expect(result.table.rowCount == 0)
  }

  @Test func overTheBudgetIsA429AndGivesEverythingBack() async throws {
    let memory = MemoryBudget(limit: 10_000)
    await #expect {
      try await Executor(.testing(memory: memory)).run(scan())
    } throws: {
      ($0 as? APIError)?.status == 429
    }
    #expect(memory.bytesUsed == 0)
  }
}
