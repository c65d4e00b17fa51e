import Meanwhile
import MeanwhileData
import MeanwhileEngine
import Synchronization
import Testing

@testable import MeanwhileEQL

/// Every kind of EQL query ends in the middle of its events when it is told to.
@Suite("EQL signals")
struct SignalTests {
  /// Pairs of events of one process each.
  private static let index: TestIndex = {
    var index = TestIndex.events
    index.batches = (0..<4).map { batch in
      (0..<3_000).map { place in
        let n = Int64(batch * 3_000 + place)
        return [
          "@timestamp": .integer(n), "n": .integer(n), "kind": .string(n % 2 == 0 ? "process" : "network"), "host": "a",
          "pid": .integer(n / 2),
        ]
      }
    }
    return index
  }()

  /// The standard functions, with a `>=` that counts its rows and does something once there are enough.
  private static func functions(after threshold: Int, _ action: @escaping @Sendable () -> Void) -> FunctionRegistry {
    var registry = FunctionRegistry.standard
    let counter = Counter(threshold: threshold, action: action)
    guard let comparison = registry.scalar(">=") else { return registry }
    registry.add(
      ScalarFunction(name: comparison.name, documentation: comparison.documentation) { arguments throws(FunctionError) in
        let resolution = try comparison.resolve(arguments)
        guard case .eager(let compute) = resolution.kernel else { return resolution }
        return ScalarFunction.Resolution(
          type: resolution.type,
          kernel: .eager { arguments, frame in
            counter.count(frame.rowCount)
            return try compute(arguments, frame)
          })
      })
    return EQLFunctions.added(to: registry)
  }

  private final class Counter: Sendable {
    private let counted = Atomic<Int>(0)
    let threshold: Int
    let action: @Sendable () -> Void

    init(threshold: Int, action: @escaping @Sendable () -> Void) {
      self.threshold = threshold
      self.action = action
    }

    func count(_ rowCount: Int) {
      if counted.add(rowCount, ordering: .relaxed).newValue >= threshold { action() }
    }
  }

  private func run(_ query: String, _ action: @escaping @Sendable (QuerySignals) -> Void) async throws -> (EQLOutput, MemoryBudget) {
    let execution = ExecutionContext(settings: QuerySettings(now: Timestamp(milliseconds: 0)))
    let signals = execution.signals
    var request = EndpointRequest(.post, "/events/_eql/search", json: ["query": .string(query), "size": 10_000])
    request.pathParameters = ["index": "events"]
    let read = try await EQLRequest(request)
    var planner = QueryPlanner(
      request: read, statement: try Parser.parse(read.query), definitions: [Self.index.definition],
      functions: Self.functions(after: 5_000) { action(signals) }, now: Timestamp(milliseconds: 86_400_000))
    let plan = try planner.plan()
    do {
      let output = try await EQLSearch(query: plan, snapshots: [Self.index.snapshot()], execution: execution).run()
      return (output, execution.memory)
    } catch {
      #expect(execution.memory.bytesUsed == 0)
      throw error
    }
  }

  static let queries = [
    "any where n >= 0", "sequence by pid [process where n >= 0] [network where n >= 0]",
    "sample by pid [process where n >= 0] [network where n >= 0]",
  ]

  @Test(arguments: queries) func isCancelled(query: String) async throws {
    await #expect(throws: CancellationError.self) { _ = try await run(query) { $0.cancel() } }
  }

  @Test(arguments: queries) func finishesEarlyWithWhatItFound(query: String) async throws {
    let (output, memory) = try await run(query) { $0.requestEarlyFinish() }
    #expect(output.isPartial)
    let hits = try JSONValue.parse(try await output.hits.collect(bytesMax: .max))
    let total = try #require(hits["total"]?["value"]?.int)
    let whole: Int64 = query.hasPrefix("any") ? 12_000 : 6_000
    #expect(total > 0 && total < whole)
    #expect(memory.bytesUsed == 0)
  }
}
