import Meanwhile
import MeanwhileData
import MeanwhileMemoryStore
import MeanwhileSearch

/// A service with the search language over a small library: six books, one of them in an index of its own.
struct Library {
  let service: Service
  let store: MemoryStore

  static let books: [(id: String, source: String)] = [
    (
      "1",
      #"{"title":"The quick brown fox","genre":"fable","pages":120,"price":9.5,"published":"2020-01-15","tags":["animal","fast"],"in_print":true,"server":"10.0.0.1"}"#
    ),
    (
      "2",
      #"{"title":"A lazy dog sleeps","genre":"fable","pages":80,"price":5.0,"published":"2020-01-20T10:00:00Z","tags":["animal","slow","quiet"],"in_print":false,"server":"10.0.0.2"}"#
    ),
    (
      "3",
      #"{"title":"Brown bread: a history of bread","genre":"cooking","pages":300,"price":25.25,"published":"2020-03-01","tags":["food"],"in_print":true,"server":"192.168.1.7"}"#
    ),
    (
      "4",
      #"{"title":"Quick meals","genre":"cooking","pages":150,"price":12.0,"published":"2021-06-01","author":{"name":"Ann","born":1970}}"#
    ),
    ("5", #"{"genre":"untitled","pages":[10,200]}"#),
  ]

  /// - Parameter before: awaited before each look at the indices.
  init(before: (@Sendable () async -> Void)? = nil) async throws {
    store = MemoryStore()
    let gated: any IndexStore = if let before { GatedStore(store: store, before: before) } else { store }
    var builder = ServiceBuilder(taskStore: store)
    builder.add(SearchLanguage())
    builder.provide(gated, as: (any IndexStore).self)
    service = try await builder.build()
    let mapping: JSONObject = [
      "properties": [
        "title": ["type": "text", "fields": ["raw": ["type": "keyword"]]], "genre": ["type": "keyword"], "pages": ["type": "integer"],
        "price": ["type": "double"], "published": ["type": "date"], "tags": ["type": "keyword"], "in_print": ["type": "boolean"],
        "server": ["type": "ip"],
        "author": ["properties": ["name": ["type": "keyword"], "born": ["type": "long"]]],
      ]
    ]
    try await store.createIndex(
      IndexDefinition(
        name: "books", uuid: "AAAAAAAAAAAAAAAAAAAAAA", created: Timestamp(milliseconds: 0), mapping: try Mapping(parsing: mapping)))
    try await store.createIndex(
      IndexDefinition(
        name: "rare", uuid: "AAAAAAAAAAAAAAAAAAAAAB", created: Timestamp(milliseconds: 0), mapping: try Mapping(parsing: mapping)))
    _ = try await store.write(
      Self.books.map { DocumentWrite(operation: .index, id: $0.id, source: Array($0.source.utf8)) }, to: "books")
    _ = try await store.write(
      [DocumentWrite(operation: .index, id: "r1", source: Array(#"{"title":"An old map","genre":"map","pages":1}"#.utf8))], to: "rare")
    try await store.refresh("books")
    try await store.refresh("rare")
  }

  /// A response's status and body.
  func call(
    _ method: EndpointRequest.Method, _ path: String, _ body: String? = nil, parameters: Parameters = [:]
  ) async throws -> (status: Int, body: JSONValue, headers: Headers) {
    var request = EndpointRequest(method: method, path: path, parameters: parameters)
    if let body {
      request.body = ChunkStream([Array(body.utf8)])
      request.headers["Content-Type"] = "application/json"
    }
    let response = await service.respond(to: request)
    return (response.status, try JSONValue.parse(try await response.collectBody()), response.headers)
  }

  /// The ids that a query finds, in order of id.
  func ids(_ query: String, index: String = "books") async throws -> [String] {
    let response = try await call(.post, "/\(index)/_search", #"{"query":\#(query),"sort":["_id"],"size":100}"#)
    guard let hits = response.body["hits"]?["hits"]?.array else { throw UnexpectedResponse(body: response.body.text()) }
    return hits.compactMap { $0["_id"]?.string }
  }

  struct UnexpectedResponse: Error {
    var body: String
  }
}

/// Lets nobody pass until it is opened, and then everybody.
actor Gate {
  private var isOpen = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func pass() async {
    if isOpen { return }
    await withCheckedContinuation { waiting.append($0) }
  }

  func open() {
    isOpen = true
    for continuation in waiting { continuation.resume() }
    waiting = []
  }
}

/// A store whose indices are seen only after a wait.
struct GatedStore: IndexStore {
  let store: MemoryStore
  let before: @Sendable () async -> Void

  func createIndex(_ definition: IndexDefinition) async throws { try await store.createIndex(definition) }
  func deleteIndex(_ name: String) async throws { try await store.deleteIndex(name) }
  func index(_ name: String) async throws -> IndexSummary? { try await store.index(name) }
  func updateDefinition(of name: String, _ change: @Sendable (inout IndexDefinition) throws -> Void) async throws {
    try await store.updateDefinition(of: name, change)
  }
  func write(_ batch: [DocumentWrite], to name: String) async throws -> [DocumentWriteResult] { try await store.write(batch, to: name) }
  func document(_ id: String, in name: String) async throws -> StoredDocument? { try await store.document(id, in: name) }
  func refresh(_ name: String) async throws { try await store.refresh(name) }
  func snapshot(of name: String) async throws -> IndexSnapshot { try await store.snapshot(of: name) }

  func indices() async throws -> [IndexSummary] {
    await before()
    return try await store.indices()
  }
}
