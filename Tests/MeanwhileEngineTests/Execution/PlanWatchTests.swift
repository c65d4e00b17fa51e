import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileEngine

/// What a running plan shows of itself.
@Suite struct PlanWatchTests {
  static let data = NumberedRows(rowCount: 150_000)

  /// Runs a plan, held up after some rows until it was looked at.
  private func run(
    workerCount: Int = 1, _ plan: (Plan) throws -> Plan
  ) async throws -> (soFar: ExecutionResult, whole: ExecutionResult, context: ExecutionContext) {
    let holdup = Holdup()
    let counter = RowCounter(after: 30_000) { holdup.hold() }
    let plan = try plan(Self.data.scan(filter: counter.condition(over: NumberedRows.number)))
    let watch = PlanWatch()
    let context = ExecutionContext.testing(workerCount: workerCount)
    async let whole = onThreadsOfItsOwn { try await Executor(context).run(plan, watch: watch) }
    try await holdup.reached()
    let soFar = await watch.current()
    holdup.open()
    let result = try await whole
    #expect(await watch.current() == nil)
    #expect(watch.documentsFound == Self.data.rowCount)
    #expect(context.memory.bytesUsed == 0)
    return (try #require(soFar), result, context)
  }

  @Test func rowsSoFarAreTheFirstOnes() async throws {
    let (soFar, whole, _) = try await run { .project($0, [NumberedRows.number]) }
    let count = soFar.table.rowCount
    #expect(count > 20_000 && count <= 30_000)
    #expect(soFar.isPartial && !whole.isPartial)
    #expect(soFar.table.rows == (0..<count).map { [.long(Int64($0))] })
    #expect(whole.table.rows == (0..<Self.data.rowCount).map { [.long(Int64($0))] })
  }

  @Test func aggregatesSoFarAreThoseOfTheRowsRead() async throws {
    let (soFar, whole, _) = try await run { input in
      .aggregate(input, .init(groups: [], aggregates: [try .of("count"), try .of("sum", .column(NumberedRows.number))]))
    }
    let row = try #require(soFar.table.rows.first)
    let count = row[0].number
    #expect(count > 20_000 && count <= 30_000)
    #expect(row[1] == .long(count * (count - 1) / 2))
    let all = Int64(Self.data.rowCount)
    #expect(whole.table.rows == [[.long(all), .long(all * (all - 1) / 2)]])
  }

  @Test(arguments: [1, 2, 3]) func theRestOfThePlanIsAppliedToWhatThereIs(workerCount: Int) async throws {
    let (soFar, whole, _) = try await run(workerCount: workerCount) { input in
      let count = try Plan.Aggregate.of("count")
      let groups = Plan.aggregate(
        input, .init(groups: [.init(NumberedRows.remainder, .column(NumberedRows.remainder))], aggregates: [count]))
      return .top(
        .filter(groups, try .call("<", .column(NumberedRows.remainder), .long(10))), [.init(.column(NumberedRows.remainder))], count: 5)
    }
    #expect(soFar.table.rows.map { $0[1] } == (0..<5).map { .long($0) })
    #expect(soFar.table.rows.allSatisfy { $0[0].number > 0 && $0[0].number <= 150 })
    #expect(whole.table.rows == (0..<5).map { [.long(150), .long($0)] })
  }

  @Test func aTopSoFarIsThatOfTheRowsRead() async throws {
    let (soFar, whole, _) = try await run { input in
      .project(.top(input, [.init(.column(NumberedRows.number), isAscending: false)], count: 3), [NumberedRows.number])
    }
    let greatest = try #require(soFar.table.rows.first?.first?.number)
    #expect(greatest > 20_000 && greatest < 30_000)
    #expect(soFar.table.rows == (0..<3).map { [.long(greatest - $0)] })
    #expect(whole.table.rows == [[.long(149_999)], [.long(149_998)], [.long(149_997)]])
  }

  @Test func aSortSoFarIsThatOfTheRowsRead() async throws {
    let (soFar, whole, _) = try await run { input in
      .project(.sort(input, [.init(.column(NumberedRows.number), isAscending: false)]), [NumberedRows.number])
    }
    let count = Int64(soFar.table.rowCount)
    #expect(soFar.table.rows == (0..<count).map { [.long(count - 1 - $0)] })
    #expect(whole.table.rowCount == Self.data.rowCount)
  }

  @Test func beforeItBeginsThereIsNothing() async throws {
    #expect(await PlanWatch().current() == nil)
  }
}
