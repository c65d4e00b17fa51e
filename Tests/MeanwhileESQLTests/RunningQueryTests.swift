import Meanwhile
import MeanwhileData
import MeanwhileESQL
import MeanwhileEngine
import MeanwhileMemoryStore
import Synchronization
import Testing

/// What a query says and heeds while it runs. `DELAY` makes it run as long as a test wants.
@Suite("A running ES|QL query")
struct RunningQueryTests {
  private static let rowCount = 20_000

  private struct Run {
    let context: QueryContext
    let output: Task<ESQLOutput, any Error>
    /// When the run ended, as its own thread saw it: others may be late to look.
    let ended = Ending()

    init(_ query: String) async throws {
      let store = MemoryStore()
      let language = ESQLLanguage(functions: .developer)
      var builder = ServiceBuilder(taskStore: store)
      builder.add(language)
      builder.provide(store, as: (any IndexStore).self)
      try await store.createIndex(
        IndexDefinition(
          name: "numbers", uuid: "numbers", created: Timestamp(milliseconds: 0),
          mapping: Mapping(properties: ["n": FieldMapping(type: .long)])
        ))
      _ = try await store.write(
        (0..<rowCount).map { DocumentWrite(operation: .index, id: "\($0)", source: Array(#"{"n":\#($0)}"#.utf8)) }, to: "numbers")
      try await store.refresh("numbers")
      let session = Session(service: try await builder.build(), principal: nil)
      let request = EndpointRequest(.post, "/_query", json: ["query": .string(query)])
      let prepared = try await language.prepare(request, for: session)
      let context = QueryContext(taskID: TaskID(node: "node", number: 1, random: SystemRandomSource()), session: session)
      self.context = context
      output = Task { [ended] in
        try await onThreadsOfItsOwn {
          defer { ended.set() }
          return try await language.run(prepared, in: context)
        }
      }
    }

    /// What there is so far, once there is something. A run that ended meanwhile has nothing to show any more.
    func soFar() async throws -> ESQLOutput {
      while true {
        if let output = await context.partial.current() as? ESQLOutput, output.documentsFound > 0, output.table.rowCount > 0 {
          return output
        }
        try #require(ended.value == nil, "it ended before it was seen to run")
        try await Task.sleep(for: .milliseconds(2))
      }
    }
  }

  private final class Ending: Sendable {
    private let moment = Mutex<ContinuousClock.Instant?>(nil)

    func set() { moment.withLock { $0 = .now } }
    var value: ContinuousClock.Instant? { moment.withLock { $0 } }
  }

  private static func onThreadsOfItsOwn<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      _ = SystemSpawner().spawnRun {
        do {
          continuation.resume(returning: try await body())
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }

  private func firstRow(_ output: ESQLOutput) async throws -> [Value] {
    let page = try #require(try await output.table.read().next())
    return page.columns.map { $0.value(atRow: 0) }
  }

  private func number(_ value: Value) -> Int { if case .long(let number) = value { Int(number) } else { -1 } }

  @Test("shows aggregates of the rows read, and ends early with more of them when it is stopped")
  func aggregates() async throws {
    let run = try await Run("FROM numbers | WHERE DELAY(1ms) | STATS c = COUNT(*), s = SUM(n) | EVAL twice = c * 2")
    let soFar = try await run.soFar()
    #expect(soFar.isPartial)
    let row = try await firstRow(soFar)
    let count = number(row[0])
    #expect(count > 0 && count < Self.rowCount)
    #expect(number(row[2]) == 2 * count)
    run.context.signals.requestEarlyFinish()
    let stopped = try await run.output.value
    #expect(stopped.isPartial)
    let last = number(try await firstRow(stopped)[0])
    #expect(last >= count && last < Self.rowCount)
    #expect(run.context.memory.bytesUsed == 0)
  }

  @Test("shows the rows collected so far, and gives them when it is stopped")
  func rows() async throws {
    let run = try await Run("FROM numbers | WHERE DELAY(1ms) | KEEP n | LIMIT 1000000")
    let soFar = try await run.soFar()
    #expect(soFar.table.rowCount < Self.rowCount)
    run.context.signals.requestEarlyFinish()
    let stopped = try await run.output.value
    #expect(stopped.isPartial)
    #expect(stopped.table.rowCount >= soFar.table.rowCount)
  }

  @Test(
    "ends at once when it is cancelled, and gives its memory back",
    arguments: [
      "FROM numbers | WHERE DELAY(1h) | STATS COUNT(*)", "FROM numbers | SORT n DESC | EVAL d = DELAY(1h) | LIMIT 100",
      "ROW a = 1 | EVAL d = DELAY(1h)",
    ])
  func cancellation(query: String) async throws {
    let run = try await Run(query)
    try await Task.sleep(for: .milliseconds(20))
    let cancelled = ContinuousClock.now
    run.context.signals.cancel()
    await #expect(throws: CancellationError.self) { try await run.output.value }
    // It takes a few milliseconds; the rest is a machine that does other things too.
    let ended = try #require(run.ended.value)
    #expect(ended - cancelled < .seconds(5))
    #expect(run.context.memory.bytesUsed == 0)
  }

  @Test("says how far it is")
  func progress() async throws {
    let run = try await Run("FROM numbers | WHERE DELAY(1ms) | STATS SUM(n)")
    _ = try await run.soFar()
    let reading = run.context.progress.reading
    #expect(reading.rowsTotal == Self.rowCount)
    #expect(reading.rows > 0 && reading.rows < Self.rowCount)
    #expect(reading.bytes > 0 && reading.bytes < reading.bytesTotal)
    // Every row that was read was found, and one value of each was loaded.
    #expect(reading.documentsFound > 0 && reading.documentsFound <= Self.rowCount)
    #expect(reading.valuesLoaded > 0 && reading.valuesLoaded <= Self.rowCount)
    run.context.signals.cancel()
    _ = try? await run.output.value
  }

  @Test("counts documents and values while it runs as its result does")
  func counts() async throws {
    let run = try await Run("FROM numbers | WHERE n < 5000 | STATS SUM(n)")
    let output = try await run.output.value
    let reading = run.context.progress.reading
    #expect(reading.documentsFound == 5_000 && output.documentsFound == 5_000)
    #expect(reading.valuesLoaded == output.valuesLoaded && output.valuesLoaded >= 5_000)
  }

  @Test("gives as many rows as are asked for, in pages")
  func manyRows() async throws {
    let run = try await Run("ROW a = [1,2,3,4,5,6,7,8,9,10] | MV_EXPAND a | MV_EXPAND a | LIMIT 1000000")
    #expect(try await run.output.value.table.rowCount == 10)
  }
}
