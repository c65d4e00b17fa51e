import Meanwhile
import MeanwhileData
import MeanwhileEQL
import MeanwhileMemoryStore
import Testing

/// A service with EQL and an index of three events.
private struct Fixture {
  let service: Service

  init() async throws {
    let store = MemoryStore()
    let mapping = try Mapping(parsing: [
      "properties": [
        "@timestamp": ["type": "date"], "event": ["properties": ["category": ["type": "keyword"]]], "host": ["type": "keyword"],
      ]
    ])
    try await store.createIndex(
      IndexDefinition(name: "events", uuid: "MDEyMzQ1Njc4OTAxMjM0NQ", created: Timestamp(milliseconds: 0), mapping: mapping))
    let documents: [JSONValue] = [
      ["@timestamp": 1_000, "event": ["category": "process"], "host": "a"],
      ["@timestamp": 2_000, "event": ["category": "file"], "host": "a"],
      ["@timestamp": 3_000, "event": ["category": "file"], "host": "b"],
    ]
    let writes = documents.enumerated().map { DocumentWrite(operation: .index, id: "\($0.offset + 1)", source: $0.element.encoded()) }
    _ = try await store.write(writes, to: "events")
    try await store.refresh("events")
    var builder = ServiceBuilder(taskStore: store)
    builder.provide(store, as: (any IndexStore).self)
    builder.add(EQLLanguage())
    service = try await builder.build()
  }

  func send(
    _ method: EndpointRequest.Method, _ path: String, _ parameters: Parameters = Parameters(), _ body: JSONValue? = nil
  ) async throws -> (status: Int, body: JSONValue) {
    let response = await service.respond(to: EndpointRequest(method, path, parameters: parameters, json: body))
    return (response.status, try JSONValue.parse(try await response.collectBody()))
  }

  func search(_ body: JSONValue, index: String = "events") async throws -> (status: Int, body: JSONValue) {
    try await send(.post, "/\(index)/_eql/search", Parameters(), body)
  }
}

@Suite("EQL endpoints")
struct EndpointTests {
  @Test("A search without a wait is synchronous: it has a result, and no id")
  func synchronous() async throws {
    let fixture = try await Fixture()
    let (status, body) = try await fixture.search(["query": "file where host == \"a\"", "keep_on_completion": true])
    #expect(status == 200)
    #expect(body.object?.names == ["is_partial", "is_running", "took", "timed_out", "hits"])
    #expect(body["is_running"] == false)
    #expect(body["is_partial"] == false)
    #expect(
      body["hits"] == [
        "total": ["value": 1, "relation": "eq"],
        "events": [
          ["_index": "events", "_id": "2", "_source": ["@timestamp": 2_000, "event": ["category": "file"], "host": "a"]]
        ],
      ])
  }

  @Test("The body may come with GET, and in a parameter")
  func get() async throws {
    let fixture = try await Fixture()
    let (status, body) = try await fixture.send(.get, "/events/_eql/search", [:], ["query": "any where true"])
    #expect(status == 200)
    #expect(body["hits"]?["total"]?["value"] == 3)
    let source = JSONValue.object(["query": "process where true"]).text()
    let (_, other) = try await fixture.send(
      .get, "/events/_eql/search", ["source": source, "source_content_type": "application/json"])
    #expect(other["hits"]?["total"]?["value"] == 1)
  }

  @Test("A search that is kept can be got, asked for its state, extended and deleted")
  func asynchronousLife() async throws {
    let fixture = try await Fixture()
    let query: JSONValue = [
      "query": "sequence by host [process where true] [file where true]", "wait_for_completion_timeout": "10s",
      "keep_on_completion": true, "keep_alive": "2d",
    ]
    let (status, first) = try await fixture.search(query)
    #expect(status == 200)
    let id = try #require(first["id"]?.string)
    let sequences: JSONValue = [
      [
        "join_keys": ["a"],
        "events": [
          ["_index": "events", "_id": "1", "_source": ["@timestamp": 1_000, "event": ["category": "process"], "host": "a"]],
          ["_index": "events", "_id": "2", "_source": ["@timestamp": 2_000, "event": ["category": "file"], "host": "a"]],
        ],
      ]
    ]
    #expect(first["hits"]?["sequences"] == sequences)

    let (_, again) = try await fixture.send(.get, "/_eql/search/\(id)")
    #expect(again["id"]?.string == id)
    #expect(again["is_running"] == false)
    #expect(again["hits"] == first["hits"])

    let (_, state) = try await fixture.send(.get, "/_eql/search/status/\(id)")
    #expect(
      state.object?.names == ["id", "is_running", "is_partial", "expiration_time_in_millis", "completion_status", "state", "progress"])
    #expect(state["completion_status"] == 200)
    #expect(state["is_partial"] == false)

    let (_, extended) = try await fixture.send(.get, "/_eql/search/status/\(id)", ["keep_alive": "5d"])
    let before = try #require(state["expiration_time_in_millis"]?.int)
    let after = try #require(extended["expiration_time_in_millis"]?.int)
    #expect(after > before + 2 * 86_400_000)

    let (deleted, acknowledged) = try await fixture.send(.delete, "/_eql/search/\(id)")
    #expect(deleted == 200)
    #expect(acknowledged == ["acknowledged": true])
    #expect(try await fixture.send(.get, "/_eql/search/\(id)").status == 404)
    #expect(try await fixture.send(.delete, "/_eql/search/\(id)").status == 404)
  }

  @Test("A search that is still running answers with its id and no hits; a get waits for the rest")
  func running() async throws {
    let fixture = try await Fixture()
    let (status, body) = try await fixture.search(
      ["query": "any where true", "wait_for_completion_timeout": "0ms", "keep_on_completion": true])
    #expect(status == 200)
    let id = try #require(body["id"]?.string)
    if body["is_running"] == true {
      #expect(body["is_partial"] == true)
      #expect(body["hits"] == [:])
    }
    let (_, whole) = try await fixture.send(.get, "/_eql/search/\(id)", ["wait_for_completion_timeout": "30s"])
    #expect(whole["is_running"] == false)
    #expect(whole["hits"]?["total"]?["value"] == 3)
  }

  @Test("A wait makes a search asynchronous, but keeps nothing of what is done in time")
  func inTime() async throws {
    let fixture = try await Fixture()
    for wait in ["0s", "10s"] {
      let (status, body) = try await fixture.search(["query": "any where true", "wait_for_completion_timeout": .string(wait)])
      #expect(status == 200)
      #expect((body["id"] != nil) == (wait == "0s"))
    }
    // A wait in the URL counts before the body's.
    let (_, body) = try await fixture.send(
      .post, "/events/_eql/search", ["wait_for_completion_timeout": "0ms"],
      ["query": "any where true", "wait_for_completion_timeout": "10s"])
    #expect(body["id"] != nil)
  }

  @Test("A search that fails is the same error for who waits and who comes later, and its status is an answer")
  func failure() async throws {
    let fixture = try await Fixture()
    var builder = ServiceBuilder(fixture.service.configuration, taskStore: MemoryStore())
    builder.configuration.limits.memoryBytesPerQueryMax = 1
    builder.provide(try Session(service: fixture.service, principal: nil).resource((any IndexStore).self), as: (any IndexStore).self)
    builder.add(EQLLanguage())
    let service = try await builder.build()
    let failed = await service.respond(
      to: EndpointRequest(
        .post, "/events/_eql/search",
        json: ["query": "any where true", "wait_for_completion_timeout": "10s", "keep_on_completion": true]))
    #expect(failed.status == 429)
    let error = try JSONValue.parse(try await failed.collectBody())
    #expect(error["error"]?["type"] == "circuit_breaking_exception")
    let listed = try await service.tasks.list(stored: true)
    let id = try #require(listed.first?.id.encoded)
    let later = await service.respond(to: EndpointRequest(.get, "/_eql/search/\(id)"))
    #expect(later.status == 429)
    #expect(try JSONValue.parse(try await later.collectBody()) == error)
    let status = await service.respond(to: EndpointRequest(.get, "/_eql/search/status/\(id)"))
    #expect(status.status == 200)
    let body = try JSONValue.parse(try await status.collectBody())
    #expect(body["is_running"] == false)
    #expect(body["is_partial"] == false)
    #expect(body["completion_status"] == 429)
    #expect(body["start_time_in_millis"] == nil)
  }

  @Test("A get takes any keep-alive, and has no headers of the asynchronous API")
  func getsWithAKeepAlive() async throws {
    let fixture = try await Fixture()
    let query: JSONValue = ["query": "any where true", "wait_for_completion_timeout": "10s", "keep_on_completion": true]
    let (refused, problem) = try await fixture.send(.post, "/events/_eql/search", ["keep_alive": "30s"], query)
    #expect(refused == 400)
    #expect(problem["error"]?["reason"] == "Validation Failed: 1: [keep_alive] must be greater than 1 minute, got:30s;")
    let (_, first) = try await fixture.search(query)
    let id = try #require(first["id"]?.string)
    let response = await fixture.service.respond(to: EndpointRequest(.get, "/_eql/search/\(id)", parameters: ["keep_alive": "30s"]))
    #expect(response.status == 200)
    #expect(response.headers["X-Elasticsearch-Async-Id"] == nil)
    let (_, status) = try await fixture.send(.get, "/_eql/search/status/\(id)")
    let expires = try #require(status["expiration_time_in_millis"]?.int)
    #expect(expires < SystemTimeSource().now().milliseconds + 31_000)
  }

  @Test("An unknown index has a root cause of its own")
  func rootCause() async throws {
    let (_, body) = try await Fixture().search(["query": "any where true"], index: "nothing")
    let cause = body["error"]?["root_cause"]?.array?.first
    #expect(cause?["type"] == "verification_exception")
    #expect(cause?["reason"] == "Found 1 problem\nline -1:-1: Unknown index [nothing]")
  }

  @Test("Fields that nothing was asked of, and the categories of no document, leave no trace")
  func fields() async throws {
    let fixture = try await Fixture()
    let (_, body) = try await fixture.search(["query": "process where true", "fields": ["host", ["field": "@timestamp"], "nope*"]])
    let event = try #require(body["hits"]?["events"]?.array?.first)
    #expect(event["fields"]?["host"] == ["a"])
    #expect(event["fields"]?.object?.names.sorted() == ["@timestamp", "host"])
    let (_, none) = try await fixture.search(["query": "process where true", "fields": ["nope*"]])
    #expect(none["hits"]?["events"]?.array?.first?["fields"] == nil)
  }

  static let mistakes: [(index: String, body: JSONValue, status: Int, type: String, reason: String)] = [
    ("events", ["query": "any wher true"], 400, "parsing_exception", "line 1:5: mismatched input 'wher' expecting 'where'"),
    (
      "events", ["query": "any where hots == 1"], 400, "verification_exception",
      "Found 1 problem\nline 1:11: Unknown column [hots], did you mean [host]?"
    ),
    ("events", ["query": "any where true", "x": 1], 400, "x_content_parse_exception", "[1:31] [eql/search] unknown field [x]"),
    ("events", [:], 400, "action_request_validation_exception", "Validation Failed: 1: query is null or empty;"),
    ("nothing", ["query": "any where true"], 404, "index_not_found_exception", "no such index [Unknown index [nothing]]"),
    ("no*", ["query": "any where true"], 404, "index_not_found_exception", "no such index [Unknown index [no*]]"),
  ]

  @Test(arguments: mistakes)
  func refuses(_ example: (index: String, body: JSONValue, status: Int, type: String, reason: String)) async throws {
    let fixture = try await Fixture()
    let (status, body) = try await fixture.search(example.body, index: example.index)
    #expect(status == example.status)
    #expect(body["status"]?.int == Int64(example.status))
    #expect(body["error"]?["type"]?.string == example.type)
    #expect(body["error"]?["reason"]?.string == example.reason)
  }

  @Test("Unknown parameters, missing bodies and ids that are none are refused")
  func malformed() async throws {
    let fixture = try await Fixture()
    let (unknown, error) = try await fixture.send(.post, "/events/_eql/search", ["nope": "1"], ["query": "any where true"])
    #expect(unknown == 400)
    #expect(error["error"]?["reason"]?.string?.contains("unrecognized parameter: [nope]") == true)
    let (missing, body) = try await fixture.send(.post, "/events/_eql/search")
    #expect(missing == 400)
    #expect(body["error"]?["reason"] == "request body or source parameter is required")
    #expect(try await fixture.send(.get, "/_eql/search/nonsense").status == 400)
    let (absent, cause) = try await fixture.send(
      .post, "/nothing/_eql/search", ["ignore_unavailable": "false"], ["query": "any where true"])
    #expect(absent == 404)
    #expect(cause["error"]?["reason"] == "no such index [nothing]")
  }
}
