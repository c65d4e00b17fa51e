import Meanwhile
import MeanwhileData
import MeanwhileESQL
import MeanwhileEngine
import MeanwhileMemoryStore
import Testing

/// The asynchronous ES|QL API, as a client sees it.
@Suite("Asynchronous ES|QL", .serialized)
struct AsyncQueryTests {
  let service: Service

  init() async throws {
    let store = MemoryStore()
    var builder = ServiceBuilder(taskStore: store)
    builder.add(ESQLLanguage(functions: .developer))
    builder.provide(store, as: (any IndexStore).self)
    service = try await builder.build()
  }

  /// Goes on until it is told to end, which each test sees to: a query that waits keeps a thread.
  static let endless = "row a = 1 | where delay(1 minute)"

  func submit(
    _ query: String, _ more: JSONObject = [:], _ parameters: Parameters = [:], as user: String? = nil, opaqueID: String? = nil
  ) async -> EndpointResponse {
    var body: JSONObject = ["query": .string(query)]
    for member in more.members { body.append(member.name, member.value) }
    var request = EndpointRequest(
      .post, "/_query/async", parameters: parameters, json: .object(body), principal: principal(user))
    request.headers["X-Opaque-Id"] = opaqueID
    return await service.respond(to: request)
  }

  /// The id of a query that runs.
  func start(_ query: String = AsyncQueryTests.endless, as user: String? = nil, opaqueID: String? = nil) async throws -> String {
    let response = await submit(query, ["wait_for_completion_timeout": "0ms"], as: user, opaqueID: opaqueID)
    return try #require(response.headers["X-Elasticsearch-Async-Id"])
  }

  func ask(
    _ method: EndpointRequest.Method, _ path: String, _ parameters: Parameters = [:], as user: String? = nil
  ) async -> EndpointResponse {
    await service.respond(to: EndpointRequest(method, path, parameters: parameters, principal: principal(user)))
  }

  func set(_ values: [String: String?]) async throws {
    try await service.settings.change(SettingsChange(transient: values))
  }

  func end(_ id: String) async {
    #expect(await ask(.delete, "/_query/async/\(id)").status == 200)
  }

  func principal(_ user: String?) -> Principal? { user.map { Principal(username: $0, realm: "test") } }

  @Test("gives an id if and only if something is kept or still running")
  func ids() async throws {
    let loose = await submit("row a = 1")
    #expect(loose.headers["X-Elasticsearch-Async-Id"] == nil)
    #expect(loose.headers["X-Elasticsearch-Async-Is-Running"] == "?0")
    #expect(try await loose.json()["id"] == nil)
    #expect(try await loose.json()["is_running"] == false)

    let kept = await submit("row a = 1", ["keep_on_completion": true])
    let id = try #require(kept.headers["X-Elasticsearch-Async-Id"])
    #expect(kept.headers["X-Elasticsearch-Async-Is-Running"] == "?0")
    #expect(try await kept.json()["id"] == .string(id))

    let running = await submit(Self.endless, ["wait_for_completion_timeout": "0ms"])
    #expect(running.headers["X-Elasticsearch-Async-Is-Running"] == "?1")
    let runningID = try #require(running.headers["X-Elasticsearch-Async-Id"])
    #expect(try await running.json()["id"] == .string(runningID))
    await end(runningID)

    let failed = await submit("from nowhere", ["keep_on_completion": true])
    #expect(failed.status == 400)
    #expect(failed.headers["X-Elasticsearch-Async-Id"] == nil)
    #expect(try await failed.json()["id"] == nil)
  }

  @Test("says of a running query that it has no rows yet")
  func running() async throws {
    let response = await submit(Self.endless, ["wait_for_completion_timeout": "0"])
    #expect(response.status == 200)
    let body = try await response.json()
    #expect(
      body.object?.names == [
        "id", "is_running", "documents_found", "values_loaded", "start_time_in_millis", "expiration_time_in_millis", "columns", "values",
      ])
    #expect(body["is_running"] == true)
    #expect(body["columns"] == [])
    #expect(body["values"] == [])
    let id = try #require(body["id"]?.string)
    let again = await ask(.get, "/_query/async/\(id)", ["wait_for_completion_timeout": "0"])
    #expect(try await again.json() == body)
    await end(id)
  }

  @Test("says nothing in a text format of a query that runs", arguments: [("txt", ""), ("csv", "\r\n"), ("tsv", "\n")])
  func runningInText(format: String, body: String) async throws {
    let response = await submit(Self.endless, ["wait_for_completion_timeout": "0ms"], ["format": format])
    #expect(response.status == 200)
    #expect(String(decoding: try await response.collectBody(), as: UTF8.self) == body)
    #expect(response.headers["X-Elasticsearch-Async-Is-Running"] == "?1")
    let id = try #require(response.headers["X-Elasticsearch-Async-Id"])
    let got = await ask(.get, "/_query/async/\(id)", ["format": format, "wait_for_completion_timeout": "1ms"])
    #expect(String(decoding: try await got.collectBody(), as: UTF8.self) == body)
    #expect(got.headers["X-Elasticsearch-Async-Id"] == id)
    await end(id)
  }

  @Test("gives the same bytes at each get, warnings too, and the new expiry once it is another")
  func repeatedGets() async throws {
    let first = await submit("row a = 1 | eval b = a / 0", ["keep_on_completion": true])
    let id = try #require(first.headers["X-Elasticsearch-Async-Id"])
    let bytes = try await first.collectBody()
    for _ in 0..<2 {
      let again = await ask(.get, "/_query/async/\(id)")
      #expect(try await again.collectBody() == bytes)
      // How long it took is another each time.
      #expect(again.headers.fields.filter { $0.name != "Server-Timing" } == first.headers.fields.filter { $0.name != "Server-Timing" })
      #expect(again.headers.all("Warning").count == 3)
    }
    let extended = await ask(.get, "/_query/async/\(id)", ["keep_alive": "10d"])
    let body = try await extended.json()
    let expiry = try #require(body["expiration_time_in_millis"]?.int)
    #expect(expiry > (try await first.json()["expiration_time_in_millis"]?.int ?? .max))
    #expect(try await ask(.get, "/_query/async/\(id)").collectBody() == (try await extended.collectBody()))
    let stopped = await ask(.post, "/_query/async/\(id)/stop")
    #expect(try await stopped.collectBody() == (try await extended.collectBody()))
  }

  @Test(
    "refuses what the API does not take",
    arguments: [
      ("keep_alive", "1d"), ("wait_for_completion_timeout", "1s"), ("keep_on_completion", "true"),
    ])
  func unknownParameters(name: String, value: String) async throws {
    let response = await submit("row a = 1", [:], [name: value])
    #expect(response.status == 400)
    let reason = try await response.json()["error"]?["reason"]?.string
    #expect(reason?.hasPrefix("request [/_query/async] contains unrecognized parameter: [\(name)]") == true)
    let id = try await start()
    let stop = await ask(.post, "/_query/async/\(id)/stop", [name: value])
    #expect(stop.status == 400)
    await end(id)
  }

  @Test(
    "refuses time values and flags that are none",
    arguments: [
      ("keep_alive", "5", "failed to parse setting [keep_alive] with value [5] as a time value: unit is missing or unrecognized"),
      ("keep_alive", "1.5d", "failed to parse [1.5d], fractional time values are not supported"),
      (
        "wait_for_completion_timeout", "-5s",
        "failed to parse setting [wait_for_completion_timeout] with value [-5s] as a time value: negative durations are not supported"
      ),
    ])
  func timeValues(field: String, value: String, reason: String) async throws {
    let response = await submit("row a = 1", [field: .string(value)])
    #expect(response.status == 400)
    let error = try await response.json()["error"]
    #expect(error?["type"] == "x_content_parse_exception")
    #expect(error?["reason"]?.string?.hasSuffix("[esql/async_query] failed to parse field [\(field)]") == true)
    #expect(error?["caused_by"]?["reason"] == .string(reason))
    let id = try await start()
    let get = await ask(.get, "/_query/async/\(id)", [field: value])
    #expect(try await get.json()["error"]?["reason"] == .string(reason))
    await end(id)
  }

  @Test("tells errors of ids apart: not an id, not a task, not there")
  func unknownIDs() async throws {
    let unknown = TaskID(document: TaskID.randomName(SystemRandomSource()), node: service.nodeID, number: 99).encoded
    for (method, suffix) in [(.get, ""), (.get, "/status"), (.get, "/events"), (.post, "/stop"), (.delete, "")]
      as [(EndpointRequest.Method, String)]
    {
      let malformed = await ask(method, "/_query/async/foobar\(suffix)")
      #expect(malformed.status == 400)
      #expect(try await malformed.json()["error"]?["reason"] == "invalid id: [foobar]")
      let missing = await ask(method, "/_query/async/\(unknown)\(suffix)")
      #expect(missing.status == 404)
      let error: JSONObject = ["type": "resource_not_found_exception", "reason": .string(unknown)]
      var whole: JSONObject = ["root_cause": [.object(error)]]
      for member in error.members { whole.append(member.name, member.value) }
      #expect(try await missing.json() == ["error": .object(whole), "status": 404])
    }
  }

  @Test("tells how far a query is without its result")
  func status() async throws {
    let id = try await start()
    let running = try await ask(.get, "/_query/async/\(id)/status").json()
    #expect(
      running.object?.names == [
        "id", "is_running", "is_partial", "start_time_in_millis", "expiration_time_in_millis", "state", "progress",
      ])
    #expect(running["is_running"] == true)
    #expect(running["is_partial"] == true)
    #expect(running["progress"]?.object?.names == ["rows", "rows_total", "bytes", "bytes_total", "fraction"])
    _ = await ask(.post, "/_query/async/\(id)/stop")
    let stopped = try await ask(.get, "/_query/async/\(id)/status", ["keep_alive": "1h"]).json()
    #expect(
      stopped.object?.names == [
        "id", "is_running", "is_partial", "expiration_time_in_millis", "completion_status", "state", "progress",
      ])
    #expect(stopped["completion_status"] == 200)
    #expect(stopped["is_partial"] == true)
    #expect(try await ask(.get, "/_query/async/\(id)/status").json() == stopped)
  }

  @Test("keeps the error of a query that fails while it runs, for whoever waits and whoever comes later")
  func failure() async throws {
    let id = try await start()
    let number = try TaskID(parsing: id).number
    async let waiting = ask(.get, "/_query/async/\(id)")
    try await Task.sleep(for: .milliseconds(10))
    #expect(await service.tasks.cancel(number))
    let error = try await waiting.collectBody()
    for _ in 0..<2 {
      let response = await ask(.get, "/_query/async/\(id)")
      #expect(response.status == 400)
      #expect(try await response.collectBody() == error)
      #expect(try await response.json()["error"]?["type"] == "task_cancelled_exception")
    }
    #expect(try await ask(.get, "/_query/async/\(id)/status").json()["completion_status"] == 400)
    #expect(try await ask(.get, "/_query/async/\(id)/status").json()["is_partial"] == false)
  }

  @Test("gives as many rows as an operator lets it")
  func truncation() async throws {
    let many = "row a = [1, 2, 3, 4, 5] | mv_expand a"
    try await set(["esql.query.result_truncation_default_size": "2", "esql.query.result_truncation_max_size": "4"])
    let loose = await submit(many)
    #expect(try await loose.json()["values"] == [[1], [2]])
    #expect(loose.headers.all("Warning") == ["299 Elasticsearch-9.1.0-unknown \"No limit defined, adding default limit of [2]\""])
    let capped = await submit(many + " | limit 1000")
    #expect(try await capped.json()["values"]?.array?.count == 4)
    #expect(capped.headers.all("Warning") == [])
    // Millions are an operator's to give.
    try await set(["esql.query.result_truncation_max_size": "5000000", "esql.query.result_truncation_default_size": "1000000"])
    #expect(try await submit(many).json()["values"]?.array?.count == 5)
    await #expect(throws: APIError.self) { try await set(["esql.query.result_truncation_max_size": "0"]) }
  }

  // MARK: Listings

  @Test("lists the queries that run, one's own alone, by id and by task")
  func listing() async throws {
    #expect(try await ask(.get, "/_query/queries", as: "ann").json() == ["queries": [:]])
    let id = try await start(as: "ann", opaqueID: "report 7")
    let task = try TaskID(parsing: id).task
    let queries = try #require(try await ask(.get, "/_query/queries", as: "ann").json()["queries"]?.object)
    #expect(queries.names == [id])
    let query = try #require(queries[id])
    #expect(query["query"] == .string(Self.endless))
    #expect(query["node"] == .string(service.nodeID))
    #expect(query["headers"] == ["X-Opaque-Id": "report 7"])
    #expect(query["start_time_millis"]?.int != nil)
    #expect(query["running_time_nanos"]?.int != nil)
    for name in [id, task] {
      let one = try await ask(.get, "/_query/queries/\(name)", as: "ann").json()
      #expect(one["query"] == .string(Self.endless))
      #expect(one["coordinating_node"] == .string(service.nodeID))
      #expect(one["data_nodes"] == [.string(service.nodeID)])
      #expect(await ask(.get, "/_query/queries/\(name)", as: "bob").status == 404)
    }
    #expect(try await ask(.get, "/_query/queries", as: "bob").json() == ["queries": [:]])
    #expect(await ask(.delete, "/_query/async/\(id)", as: "ann").status == 200)
  }

  @Test("lists a synchronous query while it runs")
  func synchronousListing() async throws {
    let disconnection = Disconnection()
    var request = EndpointRequest(.post, "/_query", json: ["query": .string(Self.endless)])
    request.disconnection = disconnection
    async let answer = service.respond(to: request)
    var names: [String] = []
    while names.isEmpty {
      names = try await ask(.get, "/_query/queries").json()["queries"]?.object?.names ?? []
      try await Task.sleep(for: .milliseconds(1))
    }
    #expect(try await ask(.get, "/_query/queries/\(names[0])").json()["query"] == .string(Self.endless))
    disconnection.fire()
    #expect(await answer.status == 400)
  }

  @Test(
    "says what is wrong with the name of a query",
    arguments: [
      ("foobar", 400, "invalid id: [foobar]"), ("foo:bar", 400, "malformed task id foo:bar"),
      ("node:52", 404, "task [node:52] belongs to the node [node] which isn't part of the cluster and there is no record of the task"),
    ])
  func listingErrors(name: String, status: Int, reason: String) async throws {
    let response = await ask(.get, "/_query/queries/\(name)")
    #expect(response.status == status)
    #expect(try await response.json()["error"]?["reason"] == .string(reason))
  }

  // MARK: Paging

  @Test("pages through a kept result")
  func paging() async throws {
    let query = "row a = [1, 2, 3, 4, 5] | mv_expand a | limit 10"
    let response = await submit(query, ["keep_on_completion": true])
    let id = try #require(response.headers["X-Elasticsearch-Async-Id"])
    let pages: [(Parameters, JSONValue)] = [
      (["offset": "0", "limit": "2"], [[1], [2]]), (["offset": "2", "limit": "2"], [[3], [4]]), (["offset": "4", "limit": "2"], [[5]]),
      (["offset": "5"], []), (["offset": "100", "limit": "1"], []), (["limit": "0"], []), (["offset": "3"], [[4], [5]]),
    ]
    for (parameters, values) in pages {
      let page = await ask(.get, "/_query/async/\(id)", parameters)
      #expect(page.headers["X-Meanwhile-Rows-Total"] == "5")
      let body = try await page.json()
      #expect(body["values"] == values)
      #expect(body["rows_total"] == 5)
      #expect(body["columns"] == [["name": "a", "type": "integer"]])
    }
    let text = await ask(.get, "/_query/async/\(id)", ["offset": "1", "limit": "1", "format": "csv"])
    #expect(String(decoding: try await text.collectBody(), as: UTF8.self) == "a\r\n2\r\n")
    #expect(text.headers["X-Meanwhile-Rows-Total"] == "5")
    // Nothing of it where it is not asked for.
    let whole = await ask(.get, "/_query/async/\(id)")
    #expect(whole.headers["X-Meanwhile-Rows-Total"] == nil)
    #expect(try await whole.json()["rows_total"] == nil)
  }

  @Test(
    "refuses a page that cannot be, at once",
    arguments: [
      ("offset", "-1", "[offset] parameter cannot be negative, found [-1]"),
      ("limit", "-7", "[limit] parameter cannot be negative, found [-7]"),
      ("limit", "ten", "Failed to parse int parameter [limit] with value [ten]"),
    ])
  func badPages(name: String, value: String, reason: String) async throws {
    let id = try await start()
    let response = await ask(.get, "/_query/async/\(id)", [name: value])
    #expect(response.status == 400)
    #expect(try await response.json()["error"]?["reason"] == .string(reason))
    await end(id)
  }
}

extension EndpointResponse {
  fileprivate func json() async throws -> JSONValue { try JSONValue.parse(await collectBody()) }
}
