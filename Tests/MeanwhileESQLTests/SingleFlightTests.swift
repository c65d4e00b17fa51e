import Meanwhile
import MeanwhileData
import MeanwhileESQL
import MeanwhileMemoryStore
import Testing

/// Which ES|QL queries may share a run.
@Suite("Single flight of ES|QL queries")
struct SingleFlightTests {
  private let store = MemoryStore()
  private let language = ESQLLanguage()
  private let session: Session

  init() async throws {
    var builder = ServiceBuilder(taskStore: store)
    builder.add(language)
    builder.provide(store, as: (any IndexStore).self)
    let mapping = Mapping(properties: ["n": FieldMapping(type: .long)])
    for name in ["a", "b"] {
      try await store.createIndex(
        IndexDefinition(name: name, uuid: name, created: Timestamp(milliseconds: 0), mapping: mapping))
    }
    session = Session(service: try await builder.build(), principal: nil)
    try await change(.index)
  }

  private func change(_ operation: DocumentWrite.Operation) async throws {
    _ = try await store.write([DocumentWrite(operation: operation, id: "1", source: Array(#"{"n": 1}"#.utf8))], to: "a")
    try await store.refresh("a")
  }

  private func key(_ query: String, _ more: JSONObject = [:]) async throws -> String {
    var body: JSONObject = ["query": .string(query)]
    for member in more.members { body.append(member.name, member.value) }
    let request = EndpointRequest(.post, "/_query/async", json: .object(body))
    return try #require(await language.flightKey(of: language.prepare(request, for: session), request))
  }

  @Test("How long to wait and to keep makes no difference; everything else does")
  func bodies() async throws {
    let query = "from a | stats s = sum(n)"
    let plain = try await key(query)
    #expect(try await key(query, ["wait_for_completion_timeout": "1s", "keep_alive": "2d", "keep_on_completion": true]) == plain)
    let others = [
      try await key("from a | stats s = max(n)"), try await key("from b | stats s = sum(n)"), try await key(query, ["columnar": true]),
      try await key(query, ["filter": ["match_all": [:]]]),
    ]
    #expect(Set(others + [plain]).count == 5)
  }

  @Test("Data that has changed makes a difference")
  func data() async throws {
    let query = "from b, a | stats s = sum(n)"
    let before = try await key(query)
    #expect(try await key(query) == before)
    try await change(.delete)
    let after = try await key(query)
    #expect(after != before)
    try await change(.index)
    #expect(try await key(query) != after)
  }
}
