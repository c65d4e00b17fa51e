import Meanwhile
import MeanwhileData
import MeanwhileEngine
import MeanwhileMemoryStore
import MeanwhileSearch
import Synchronization
import Testing

/// What a search shows of itself while it runs, and what it heeds.
@Suite struct RunningSearchTests {
  private static let documentCount = 6_000

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

  /// Runs a search with a sum and two rows of buckets: four passes over the documents.
  ///
  /// - Parameters:
  ///   - rows: how many rows the search's condition is tried on before something happens.
  ///   - action: what happens then, on the run's thread.
  private func start(
    after rows: Int, _ action: @escaping @Sendable (QueryContext) -> Void
  ) async throws -> (context: QueryContext, output: Task<SearchOutput, any Error>) {
    let trigger = RowTrigger(after: rows)
    let store = MemoryStore()
    let language = SearchLanguage(functions: trigger.functions)
    var builder = ServiceBuilder(taskStore: store)
    builder.add(language)
    builder.provide(store, as: (any IndexStore).self)
    try await store.createIndex(
      IndexDefinition(
        name: "things", uuid: "things", created: Timestamp(milliseconds: 0),
        mapping: Mapping(properties: ["n": FieldMapping(type: .long), "kind": FieldMapping(type: .keyword)])))
    let documents = (0..<Self.documentCount).map { #"{"n":1,"kind":"kind-\#($0 % 3)"}"# }
    _ = try await store.write(
      documents.enumerated().map { DocumentWrite(operation: .index, id: "\($0.offset)", source: Array($0.element.utf8)) }, to: "things")
    try await store.refresh("things")
    let session = Session(service: try await builder.build(), principal: nil)
    let body: JSONObject = [
      "query": ["bool": ["must_not": [["term": ["kind": "none"]]]]], "track_total_hits": true, "size": 1,
      "aggs": [
        "all": ["sum": ["field": "n"]], "kinds": ["terms": ["field": "kind"]], "again": ["terms": ["field": "kind"]],
      ],
    ]
    var request = EndpointRequest(.post, "/things/_search", json: .object(body))
    request.pathParameters = ["index": "things"]
    let prepared = try await language.prepare(request, for: session)
    let context = QueryContext(taskID: TaskID(node: "node", number: 1, random: SystemRandomSource()), session: session)
    trigger.set { action(context) }
    return (context, Task { try await Self.onThreadsOfItsOwn { try await language.run(prepared, in: context) } })
  }

  private func json(_ output: SearchOutput) async throws -> JSONValue {
    try JSONValue.parse(try await output.response.collect(bytesMax: .max))
  }

  private func documentCounts(_ buckets: JSONValue?) -> [Int64] { (buckets?["buckets"]?.array ?? []).compactMap { $0["doc_count"]?.int } }

  @Test func showsAggregationsOfTheDocumentsRead() async throws {
    let holdup = Holdup()
    // Within the third pass: hits and the sum are done, the first buckets are half done.
    let (context, output) = try await start(after: Self.documentCount * 5 / 2) { _ in holdup.hold() }
    try await holdup.reached()
    let soFar = try #require(await context.partial.current() as? SearchOutput)
    let fraction = try #require(context.progress.reading.fraction)
    holdup.open()
    #expect(soFar.isPartial)
    let response = try await json(soFar)
    #expect(response["hits"]?["total"] == ["value": .integer(Int64(Self.documentCount)), "relation": "gte"])
    #expect(response["_shards"] == ["total": 1, "successful": 1, "skipped": 0, "failed": 0])
    #expect(response["num_reduce_phases"] == 1)
    #expect(response["aggregations"]?["all"]?["value"] == .double(Double(Self.documentCount)))
    let counts = documentCounts(response["aggregations"]?["kinds"])
    let sum = counts.reduce(0, +)
    #expect(counts.count == 3 && sum > 0 && sum < Int64(Self.documentCount))
    #expect(documentCounts(response["aggregations"]?["again"]) == [])
    #expect(fraction > 0.4 && fraction < 0.7)
    let whole = try await json(output.value)
    #expect(documentCounts(whole["aggregations"]?["kinds"]) == [2_000, 2_000, 2_000])
    #expect(documentCounts(whole["aggregations"]?["again"]) == [2_000, 2_000, 2_000])
    #expect(context.progress.reading.fraction == 1)
    #expect(context.memory.bytesUsed == 0)
  }

  @Test(arguments: [(halfPasses: 1, shardsDone: 0), (halfPasses: 3, shardsDone: 0), (halfPasses: 5, shardsDone: 1)])
  func aShardIsDoneWhenItsDocumentsAreInTheFirstAggregations(_ example: (halfPasses: Int, shardsDone: Int)) async throws {
    let holdup = Holdup()
    let (context, output) = try await start(after: Self.documentCount * example.halfPasses / 2) { _ in holdup.hold() }
    try await holdup.reached()
    let soFar = try #require(await context.partial.current() as? SearchOutput)
    holdup.open()
    #expect(soFar.shardsDone == example.shardsDone)
    #expect(try await json(soFar)["_shards"]?["successful"] == .integer(Int64(example.shardsDone)))
    #expect(try await json(output.value)["_shards"]?["successful"] == 1)
  }

  @Test func finishesEarlyWithWhatItHas() async throws {
    let (context, output) = try await start(after: Self.documentCount * 5 / 2) { $0.signals.requestEarlyFinish() }
    let result = try await output.value
    #expect(result.isPartial)
    let response = try await json(result)
    #expect(response["hits"]?["total"]?["value"] == .integer(Int64(Self.documentCount)))
    let sum = documentCounts(response["aggregations"]?["kinds"]).reduce(0, +)
    #expect(sum > 0 && sum < Int64(Self.documentCount))
    #expect(context.memory.bytesUsed == 0)
  }

  @Test(arguments: [1, 3, 5, 7]) func isCancelledInEveryPass(halfPasses: Int) async throws {
    let (context, output) = try await start(after: Self.documentCount * halfPasses / 2) { $0.signals.cancel() }
    await #expect(throws: CancellationError.self) { try await output.value }
    #expect(context.memory.bytesUsed == 0)
  }
}
