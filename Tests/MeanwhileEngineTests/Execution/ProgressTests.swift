import Meanwhile
import MeanwhileData
import Synchronization
import Testing

@testable import MeanwhileEngine

/// How far a run says it is.
@Suite struct ProgressTests {
  static let data = NumberedRows(rowCount: 100_000, segmentCount: 4)

  @Test(arguments: [1, 2]) func growsFromNothingToAll(workerCount: Int) async throws {
    let context = ExecutionContext.testing(workerCount: workerCount)
    let progress = context.progress
    let middle = Mutex<QueryProgress.Reading?>(nil)
    let counter = RowCounter(after: 50_000) { middle.withLock { $0 = progress.reading } }
    _ = try await Executor(context).run(
      .project(Self.data.scan(filter: counter.condition(over: NumberedRows.number)), [NumberedRows.number]))
    let reading = try #require(middle.withLock { $0 })
    #expect(reading.rowsTotal == 100_000)
    #expect(reading.rows > 30_000 && reading.rows <= 50_000)
    #expect(reading.bytesTotal == 800_000)
    #expect(reading.bytes > 200_000 && reading.bytes < 800_000)
    // The condition loads a value of each row, and what it lets through is loaded to be shown.
    let end = QueryProgress.Reading(
      rows: 100_000, rowsTotal: 100_000, bytes: 800_000, bytesTotal: 800_000, documentsFound: 100_000, valuesLoaded: 200_000)
    #expect(progress.reading == end)
    #expect(progress.reading.fraction == 1)
  }

  @Test func segmentsThatAreSkippedAreDone() async throws {
    let context = ExecutionContext.testing()
    let result = try await Executor(context).run(
      .filter(Self.data.scan(), try .call(">=", .column(NumberedRows.number), .long(90_000))))
    #expect(result.rowsRead == 25_000)
    #expect(context.progress.reading.rows == 100_000)
    #expect(context.progress.reading.rowsTotal == 100_000)
    #expect(context.progress.reading.fraction == 1)
  }

  @Test func whatALimitLeavesUnreadIsDone() async throws {
    let context = ExecutionContext.testing()
    let result = try await Executor(context).run(.limit(Self.data.scan(), 10))
    #expect(result.rowsRead < 50_000)
    #expect(context.progress.reading.fraction == 1)
  }

  @Test func whatAnEarlyFinishLeavesUnreadIsNotDone() async throws {
    let context = ExecutionContext.testing()
    let signals = context.signals
    let counter = RowCounter(after: 20_000) { signals.requestEarlyFinish() }
    _ = try await Executor(context).run(Self.data.scan(filter: counter.condition(over: NumberedRows.number)))
    let fraction = try #require(context.progress.reading.fraction)
    #expect(fraction > 0.15 && fraction < 0.6)
  }

  @Test func countingReadsNoColumn() async throws {
    let context = ExecutionContext.testing()
    let result = try await Executor(context).run(.aggregate(Self.data.scan(), .init(groups: [], aggregates: [try .of("count")])))
    #expect(result.table.rows == [[.long(100_000)]])
    #expect(result.valuesLoaded == 0)
    #expect(context.progress.reading.bytesTotal == 0)
  }
}
