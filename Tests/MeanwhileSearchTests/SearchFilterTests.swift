import Meanwhile
import MeanwhileData
import MeanwhileEngine
import MeanwhileMemoryStore
import Testing

/// Query DSL beside a query of another language: columns and a condition for any scan.
@Suite struct SearchFilterTests {
  func run(_ query: String) async throws -> (documents: Int, rowsRead: Int) {
    let store = try await Library().store
    let snapshots = [try await store.snapshot(of: "books")]
    let filter = try SearchFilter(
      SearchQuery(parsing: JSONValue.parse(query)), over: snapshots, now: Timestamp(milliseconds: 1_600_000_000_000))
    let id = Attribute(name: "_id", type: .keyword)
    let scan = Plan.Scan(
      snapshots: snapshots, columns: [Plan.Scan.Column(id, .metadata("_id"))] + filter.columns, filter: filter.condition)
    let context = ExecutionContext(settings: QuerySettings(now: Timestamp(milliseconds: 0)))
    let result = try await Executor(context).run(.project(.scan(scan), [id]))
    return (result.documentsFound, result.rowsRead)
  }

  @Test func filtersAScan() async throws {
    #expect(try await run(#"{"range":{"pages":{"lt":100}}}"#) == (2, 5))
    #expect(try await run(#"{"range":{"published":{"gte":"now-5M/M"}}}"#) == (1, 5))
  }

  @Test(arguments: [
    #"{"range":{"pages":{"gt":300}}}"#, #"{"range":{"published":{"lt":"2020-01-15"}}}"#, #"{"term":{"pages":9}}"#,
    #"{"bool":{"filter":[{"match_all":{}},{"range":{"price":{"lt":4}}},{"term":{"genre":"fable"}}]}}"#, #"{"term":{"author.born":1800}}"#,
  ])
  func segmentsThatCannotMatchAreNotRead(query: String) async throws {
    #expect(try await run(query) == (0, 0))
  }
}
