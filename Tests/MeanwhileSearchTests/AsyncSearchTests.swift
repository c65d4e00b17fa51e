import Meanwhile
import MeanwhileSearch
import Testing

/// Two dialects of one language: the same search, in the words of Elasticsearch and of OpenSearch.
@Suite struct AsyncSearchTests {
  @Test func anAsyncSearchInTimeHasNoIDUnlessItIsKept() async throws {
    let library = try await Library()
    let response = try await library.call(.post, "/books/_async_search", parameters: ["wait_for_completion_timeout": "10s"])
    #expect(response.status == 200)
    #expect(
      response.body.object?.names == [
        "is_partial", "is_running", "start_time_in_millis", "expiration_time_in_millis", "completion_time_in_millis", "response",
      ])
    #expect(response.body["is_running"] == false)
    #expect(response.body["is_partial"] == false)
    #expect(response.body["response"]?["hits"]?["total"]?["value"] == 5)
    #expect(response.headers["X-Elasticsearch-Async-Is-Running"] == "?0")
  }

  @Test func aKeptAsyncSearchAnswersAgainAndAgainUntilItIsDeleted() async throws {
    let library = try await Library()
    let submitted = try await library.call(
      .post, "/books/_async_search", #"{"query":{"term":{"genre":"fable"}},"aggs":{"p":{"sum":{"field":"pages"}}}}"#,
      parameters: ["wait_for_completion_timeout": "10s", "keep_on_completion": "true", "keep_alive": "1h"])
    let id = try #require(submitted.body["id"]?.string)
    let got = try await library.call(.get, "/_async_search/\(id)")
    #expect(got.body["response"] == submitted.body["response"])
    #expect(got.body["response"]?["aggregations"] == ["p": ["value": 200.0]])
    let short = try await library.call(.get, "/_async_search/\(id)", parameters: ["rest_total_hits_as_int": "true"])
    #expect(short.body["response"]?["hits"]?["total"] == 2)
    let status = try await library.call(.get, "/_async_search/status/\(id)")
    #expect(status.body["completion_status"] == 200)
    #expect(status.body["is_running"] == false)
    #expect(status.body["_shards"] == ["total": 1, "successful": 1, "skipped": 0, "failed": 0])
    #expect(try await library.call(.delete, "/_async_search/\(id)").body == ["acknowledged": true])
    #expect(try await library.call(.get, "/_async_search/\(id)").status == 404)
    #expect(try await library.call(.delete, "/_async_search/\(id)").status == 404)
  }

  @Test func aFailedAsyncSearchHasTheErrorInside() async throws {
    let response = try await Library().call(.post, "/nowhere/_async_search", parameters: ["wait_for_completion_timeout": "10s"])
    #expect(response.status == 404)
    #expect(response.body["is_partial"] == true)
    #expect(response.body["response"] == nil)
    #expect(response.body["error"]?["type"] == "status_exception")
    #expect(response.body["error"]?["caused_by"]?["type"] == "index_not_found_exception")
    #expect(response.body["error"]?["caused_by"]?["resource.id"] == "nowhere")
  }

  @Test func submitsThatCannotBeAreRefusedBeforeTheyAreTasks() async throws {
    let library = try await Library()
    let cases: [(parameters: Parameters, body: String?, reason: String)] = [
      (["keep_alive": "500ms"], nil, "Validation Failed: 1: [keep_alive] must be greater or equals than 1 second, got:500ms;"),
      (["scroll": "1m"], nil, "Validation Failed: 1: [scroll] queries are not supported;"),
      (["pre_filter_shard_size": "3"], nil, "Validation Failed: 1: [pre_filter_shard_size] cannot be changed for async search queries;"),
      ([:], #"{"suggest":{}}"#, "Validation Failed: 1: suggest-only queries are not supported;"),
      ([:], #"{"query":{"nope":{}}}"#, "unknown query [nope]"),
    ]
    for (parameters, body, reason) in cases {
      let response = try await library.call(.post, "/books/_async_search", body, parameters: parameters)
      #expect(response.status == 400)
      #expect(response.body["error"]?["reason"]?.string == reason)
    }
    #expect(try await library.call(.get, "/_async_search/nonsense").status == 400)
  }

  @Test func openSearchNamesItsStates() async throws {
    let library = try await Library()
    for prefix in ["_plugins/_asynchronous_search", "_opendistro/_asynchronous_search"] {
      let submitted = try await library.call(
        .post, "/books/\(prefix)", #"{"size":1}"#, parameters: ["wait_for_completion_timeout": "10s", "keep_on_completion": "true"])
      #expect(submitted.status == 200)
      #expect(
        submitted.body.object?.names == ["id", "state", "start_time_in_millis", "expiration_time_in_millis", "took", "response"])
      #expect(submitted.body["state"] == "SUCCEEDED")
      let id = try #require(submitted.body["id"]?.string)
      let got = try await library.call(.get, "/\(prefix)/\(id)")
      #expect(got.body["state"] == "PERSISTED")
      #expect(got.body["response"] == submitted.body["response"])
      #expect(try await library.call(.delete, "/\(prefix)/\(id)").body == ["acknowledged": true])
      #expect(try await library.call(.get, "/\(prefix)/\(id)").status == 404)
    }
    let gone = try await library.call(.post, "/books/_plugins/_asynchronous_search", parameters: ["wait_for_completion_timeout": "10s"])
    #expect(gone.body["id"] == nil)
    #expect(gone.body["state"] == "SUCCEEDED")
  }

  @Test func aFailedOpenSearchIsAnAnswer() async throws {
    let response = try await Library().call(
      .post, "/_plugins/_asynchronous_search", parameters: ["wait_for_completion_timeout": "10s", "index": "nowhere"])
    #expect(response.status == 200)
    #expect(response.body["state"] == "FAILED")
    #expect(response.body["error"]?["type"] == "index_not_found_exception")
    #expect(response.body["error"]?["root_cause"]?.array?.count == 1)
  }

  @Test func openSearchHasLimitsOfItsOwn() async throws {
    let library = try await Library()
    let cases: [(parameters: Parameters, reason: String)] = [
      (["wait_for_completion_timeout": "301s"], "Wait for completion timeout for asynchronous search (301000) is too large."),
      (["keep_alive": "6d"], "Keep alive for asynchronous search (518400000) is too large."),
      (["keep_alive": "59s"], "Validation Failed: 1: [keep_alive] must be greater than 1 minute, got: 59s;"),
      (["scroll": "1m"], "scrolls are not supported"),
      (["ccs_minimize_roundtrips": "true"], "Validation Failed: 1: [ccs_minimize_roundtrips] must be false, got: true;"),
    ]
    for (parameters, reason) in cases {
      let response = try await library.call(.post, "/books/_plugins/_asynchronous_search", parameters: parameters)
      #expect(response.status == 400)
      #expect(response.body["error"]?["reason"]?.string?.hasPrefix(reason) == true)
    }
    // An id that cannot be read is one that never was.
    #expect(try await library.call(.get, "/_plugins/_asynchronous_search/nonsense").status == 404)
  }

  @Test func aKeptOutputComesBackByteForByte() async throws {
    let output = SearchOutput(response: Array(#"{"took":1}"#.utf8), isPartial: true, shardCount: 70_000)
    let back = try await SearchOutput.decode(output.encode())
    #expect(try await back.response.collect(bytesMax: .max) == Array(#"{"took":1}"#.utf8))
    #expect(back.isPartial)
    #expect(back.shardCount == 70_000)
    await #expect(throws: APIError.self) { try await SearchOutput.decode(ChunkStream([[1, 0]])) }
  }

  /// A store whose snapshots are not to be had until they are released, so that a search still runs when it is asked for.
  @Test func aRunningSearchSaysSoInBothDialects() async throws {
    let gate = Gate()
    let library = try await Library(before: { await gate.pass() })
    let now: Parameters = ["wait_for_completion_timeout": "0ms"]
    let running = try await library.call(.post, "/books/_async_search", parameters: now)
    #expect(running.status == 200)
    #expect(running.headers["X-Elasticsearch-Async-Is-Running"] == "?1")
    #expect(
      running.body.object?.names == ["id", "is_partial", "is_running", "start_time_in_millis", "expiration_time_in_millis", "response"])
    #expect(running.body["is_partial"] == true)
    #expect(running.body["is_running"] == true)
    #expect(running.body["response"]?["hits"]?["total"] == ["value": 0, "relation": "gte"])
    let id = try #require(running.body["id"]?.string)
    let status = try await library.call(.get, "/_async_search/status/\(id)")
    #expect(status.body["is_running"] == true)
    #expect(status.body["completion_status"] == nil)
    let open = try await library.call(.post, "/books/_plugins/_asynchronous_search", parameters: now)
    #expect(open.body["state"] == "RUNNING")
    await gate.open()
    let done = try await library.call(.get, "/_async_search/\(id)", parameters: ["wait_for_completion_timeout": "10s"])
    #expect(done.body["is_running"] == false)
    #expect(done.body["response"]?["hits"]?["total"]?["value"] == 5)
    let openID = try #require(open.body["id"]?.string)
    let finished = try await library.call(
      .get, "/_plugins/_asynchronous_search/\(openID)", parameters: ["wait_for_completion_timeout": "10s"])
    #expect(finished.body["state"] == "PERSISTED")
  }

  @Test func openSearchCounts() async throws {
    let library = try await Library()
    let wait: Parameters = ["wait_for_completion_timeout": "10s", "keep_on_completion": "true"]
    _ = try await library.call(.post, "/books/_plugins/_asynchronous_search", parameters: wait)
    _ = try await library.call(.post, "/nowhere/_plugins/_asynchronous_search", parameters: wait)
    // A search of the other dialect counts for nothing here.
    _ = try await library.call(.post, "/books/_async_search", parameters: wait)
    let response = try await library.call(.get, "/_plugins/_asynchronous_search/stats")
    let node = try #require(response.body["nodes"]?.object?.members.first?.value["asynchronous_search_stats"])
    #expect(node["submitted"] == 2)
    #expect(node["search_completed"] == 1)
    #expect(node["search_failed"] == 1)
    #expect(node["running_current"] == 0)
    #expect(node["persisted"] == 1)
  }

  @Test func anAsyncSearchIsKeptAsLongAsTheSettingSaysUnlessItSaysItself() async throws {
    let library = try await Library()
    try await library.service.settings.change(SettingsChange(transient: ["async_search.default_keep_alive": "2h"]))
    for (parameters, hours) in [([:], 2), (["keep_alive": "3h"], 3)] as [(Parameters, Int64)] {
      var parameters = parameters
      parameters["keep_on_completion"] = "true"
      let body = try await library.call(.post, "/books/_async_search", parameters: parameters).body
      let start = try #require(body["start_time_in_millis"]?.int)
      #expect(body["expiration_time_in_millis"]?.int == start + hours * 3_600_000)
    }
  }

  @Test func aResponseThatIsTooLargeIsNotKeptAndSaysWhatToChange() async throws {
    let library = try await Library()
    try await library.service.settings.change(SettingsChange(transient: ["search.max_async_search_response_size": "300b"]))
    let reason = JSONValue.string(
      "Can't store an async search response larger than [300] bytes. "
        + "This limit can be set by changing the [search.max_async_search_response_size] setting.")
    let wait: Parameters = ["wait_for_completion_timeout": "10s"]
    // What nobody keeps may have any size, and what is small enough is kept.
    #expect(try await library.call(.post, "/books/_async_search", parameters: wait).status == 200)
    let kept: Parameters = ["wait_for_completion_timeout": "10s", "keep_on_completion": "true"]
    #expect(try await library.call(.post, "/books/_async_search", #"{"size":0}"#, parameters: kept).status == 200)
    let refused = try await library.call(.post, "/books/_async_search", parameters: kept)
    #expect(refused.status == 400)
    #expect(refused.body["error"]?["type"] == "illegal_argument_exception")
    #expect(refused.body["error"]?["reason"] == reason)
    // Of one that was still running, a get learns it.
    let running = try await library.call(.post, "/books/_async_search", parameters: ["wait_for_completion_timeout": "0ms"])
    let id = try #require(running.body["id"]?.string)
    let got = try await library.call(.get, "/_async_search/\(id)", parameters: wait)
    #expect(got.status == 400)
    #expect(got.body["id"]?.string == id)
    #expect(got.body["is_partial"] == true)
    #expect(got.body["is_running"] == false)
    #expect(got.body["response"] == nil)
    #expect(got.body["error"]?["reason"] == reason)
    #expect(try await library.call(.get, "/_async_search/status/\(id)").body["completion_status"] == 400)
  }

  @Test func aStatusHasItsFieldsInOrderAndTheHeaders() async throws {
    let library = try await Library()
    let kept = try await library.call(
      .post, "/books,rare/_async_search", parameters: ["wait_for_completion_timeout": "10s", "keep_on_completion": "true"])
    let id = try #require(kept.body["id"]?.string)
    let status = try await library.call(.get, "/_async_search/status/\(id)", parameters: ["keep_alive": "20d"])
    #expect(
      status.body.object?.names.prefix(8) == [
        "id", "is_running", "is_partial", "start_time_in_millis", "expiration_time_in_millis", "completion_time_in_millis", "_shards",
        "completion_status",
      ])
    #expect(status.body["_shards"] == ["total": 2, "successful": 2, "skipped": 0, "failed": 0])
    #expect(status.headers["X-Elasticsearch-Async-Id"] == id)
    #expect(status.headers["X-Elasticsearch-Async-Is-Running"] == "?0")
    // The keep-alive extends beyond what there was.
    let (before, after) = (kept.body["expiration_time_in_millis"]?.int ?? 0, status.body["expiration_time_in_millis"]?.int ?? 0)
    #expect(after > before + 14 * 86_400_000)
  }

  @Test func aFailedSearchHasAStatusThatIsAnAnswer() async throws {
    let library = try await Library()
    let failed = try await library.call(
      .post, "/nowhere/_async_search", parameters: ["wait_for_completion_timeout": "10s", "keep_on_completion": "true"])
    #expect(failed.status == 404)
    let id = try #require(failed.body["id"]?.string)
    #expect(failed.headers["X-Elasticsearch-Async-Id"] == nil || failed.headers["X-Elasticsearch-Async-Id"] == id)
    let status = try await library.call(.get, "/_async_search/status/\(id)")
    #expect(status.status == 200)
    #expect(status.body["is_partial"] == true)
    #expect(status.body["completion_status"] == 404)
    #expect(status.body["completion_time_in_millis"] == nil)
    let got = try await library.call(.get, "/_async_search/\(id)")
    #expect(got.status == 404)
    #expect(got.body["error"] == failed.body["error"])
    #expect(got.body["completion_time_in_millis"] == nil)
  }

  /// Parameters of `_search`, of `_async_search`, and those of the latter that may have one value only.
  @Test(
    arguments: [
      ["batched_reduce_size": "5"], ["batched_reduce_size": "512"], ["ccs_minimize_roundtrips": "true"], ["request_cache": "true"],
      ["pre_filter_shard_size": "1"], ["typed_keys": "true"], ["rest_total_hits_as_int": "true"], ["q": "fox", "df": "title"],
      ["allow_partial_search_results": "false"], ["ignore_unavailable": "true"], ["keep_alive": "1s"],
      ["max_concurrent_shard_requests": "3"],
    ] as [Parameters])
  func aSubmitTakes(_ parameters: Parameters) async throws {
    let response = try await Library().call(.post, "/books/_async_search", parameters: parameters)
    #expect(response.status == 200, "\(response.body.text())")
  }

  @Test func intermediateResultsAreLeftOutOnRequest() async throws {
    let gate = Gate()
    let library = try await Library(before: { await gate.pass() })
    let running = try await library.call(.post, "/books/_async_search", parameters: ["wait_for_completion_timeout": "0ms"])
    let id = try #require(running.body["id"]?.string)
    for shown in ["true", "false"] {
      let got = try await library.call(.get, "/_async_search/\(id)", parameters: ["return_intermediate_results": shown])
      #expect(got.status == 200)
      #expect(got.body["is_running"] == true)
      #expect(got.body["response"]?["aggregations"] == nil)
    }
    await gate.open()
  }

  /// What each request does to the counters, one after another, on one service.
  @Test func eachCounterOfOpenSearchMovesExactlyWhenItShould() async throws {
    let gate = Gate()
    let library = try await Library(before: { await gate.pass() })
    let prefix = "/_plugins/_asynchronous_search"
    var before = try await statistics(of: library)
    #expect(before.count == 9 && before.values.allSatisfy { $0 == 0 })
    /// Does something, and compares what has changed.
    func expect(_ changes: [String: Int64], _ comment: Comment, _ action: () async throws -> Void) async throws {
      try await action()
      let expected = before.merging(changes) { $0 + $1 }
      var after = try await statistics(of: library)
      for _ in 0..<2_000 where after != expected {
        try await Task.sleep(for: .milliseconds(1))
        after = try await statistics(of: library)
      }
      #expect(after == expected, comment)
      before = after
    }

    var id = ""
    try await expect(["submitted": 1, "initialized": 1, "running_current": 1], "it runs") {
      let response = try await library.call(.post, "/books\(prefix)", parameters: ["wait_for_completion_timeout": "0ms"])
      id = try #require(response.body["id"]?.string)
    }
    try await expect([:], "asking changes nothing") { _ = try await library.call(.get, "\(prefix)/\(id)") }
    try await expect(["cancelled": 1, "running_current": -1], "deleted while it runs") {
      _ = try await library.call(.delete, "\(prefix)/\(id)")
    }
    try await expect(["submitted": 1, "rejected": 1], "refused by the limit") {
      let setting = "plugins.asynchronous_search.node_concurrent_running_searches"
      try await library.service.settings.change(SettingsChange(transient: [setting: "0"]))
      #expect(try await library.call(.post, "/books\(prefix)").status == 429)
      try await library.service.settings.change(SettingsChange(transient: [setting: nil]))
    }
    try await expect([:], "refused before it is a search") {
      let response = try await library.call(.post, "/books\(prefix)", parameters: ["keep_alive": "1s"])
      #expect(response.status == 400)
    }
    await gate.open()
    let inTime: Parameters = ["wait_for_completion_timeout": "10s"]
    try await expect(["submitted": 1, "initialized": 1, "search_completed": 1], "done in time, and not kept") {
      _ = try await library.call(.post, "/books\(prefix)", parameters: inTime)
    }
    let kept: Parameters = ["wait_for_completion_timeout": "10s", "keep_on_completion": "true"]
    try await expect(["submitted": 1, "initialized": 1, "search_completed": 1, "persisted": 1], "done, and kept") {
      let response = try await library.call(.post, "/books\(prefix)", parameters: kept)
      id = try #require(response.body["id"]?.string)
    }
    try await expect([:], "deleted once it is done") { _ = try await library.call(.delete, "\(prefix)/\(id)") }
    try await expect(["submitted": 1, "initialized": 1, "search_failed": 1], "failed, which is not kept by default") {
      _ = try await library.call(.post, "/nowhere\(prefix)", parameters: kept)
    }
    let setting = "plugins.asynchronous_search.persist_search_failures"
    try await library.service.settings.change(SettingsChange(transient: [setting: "true"]))
    try await expect(["submitted": 1, "initialized": 1, "search_failed": 1, "persisted": 1], "failed, and kept") {
      _ = try await library.call(.post, "/nowhere\(prefix)", parameters: kept)
    }
    try await expect([:], "the other dialect's count for nothing") {
      _ = try await library.call(.post, "/books/_async_search", parameters: kept)
    }
  }

  private func statistics(of library: Library) async throws -> [String: Int64] {
    let response = try await library.call(.get, "/_plugins/_asynchronous_search/stats")
    #expect(response.body["_nodes"] == ["total": 1, "successful": 1, "failed": 0])
    let node = try #require(response.body["nodes"]?.object?.members.first?.value["asynchronous_search_stats"]?.object)
    return Dictionary(uniqueKeysWithValues: node.members.map { ($0.name, $0.value.int ?? -1) })
  }

  @Test func openSearchTellsHowFarASearchIsAndListsThem() async throws {
    let gate = Gate()
    let library = try await Library(before: { await gate.pass() })
    let prefix = "/_plugins/_asynchronous_search"
    #expect(try await library.call(.get, "\(prefix)/_list").body == ["asynchronous_searches": []])
    let running = try await library.call(.post, "/books\(prefix)", parameters: ["wait_for_completion_timeout": "0ms"])
    let id = try #require(running.body["id"]?.string)
    let status = try await library.call(.get, "\(prefix)/\(id)/status")
    #expect(
      status.body.object?.names == [
        "id", "is_running", "is_partial", "start_time_in_millis", "expiration_time_in_millis", "state", "progress",
      ])
    // A search of the other dialect is not among them.
    _ = try await library.call(.post, "/books/_async_search", parameters: ["wait_for_completion_timeout": "0ms"])
    let listed = try #require(try await library.call(.get, "\(prefix)/_list").body["asynchronous_searches"]?.array)
    #expect(listed.map { $0["id"] } == [.string(id)])
    #expect(listed.first?["state"] == "RUNNING")
    #expect(listed.first?["response"] == nil)
    await gate.open()
    _ = try await library.call(.get, "\(prefix)/\(id)", parameters: ["wait_for_completion_timeout": "10s"])
    let kept = try #require(try await library.call(.get, "\(prefix)/_list").body["asynchronous_searches"]?.array)
    #expect(kept.map { $0["state"] } == ["PERSISTED"])
    let finished = try await library.call(.get, "\(prefix)/\(id)/status")
    #expect(finished.body["completion_status"] == 200)
    #expect(finished.body["start_time_in_millis"] == nil)
    let events = try await library.service.respond(to: EndpointRequest(.get, "\(prefix)/\(id)/events")).collectBody()
    #expect(String(decoding: events, as: UTF8.self).hasPrefix("event: completed\ndata: {\"id\":\"\(id)\","))
    #expect(try await library.call(.get, "\(prefix)/nonsense/events").status == 404)
    #expect(try await library.call(.get, "\(prefix)/nonsense/status").status == 404)
  }

  @Test func anAsyncSearchTellsItsEvents() async throws {
    let library = try await Library()
    let kept = try await library.call(
      .post, "/books/_async_search", parameters: ["wait_for_completion_timeout": "10s", "keep_on_completion": "true"])
    let id = try #require(kept.body["id"]?.string)
    let events = try await library.service.respond(to: EndpointRequest(.get, "/_async_search/\(id)/events")).collectBody()
    #expect(String(decoding: events, as: UTF8.self).hasPrefix("event: completed\n"))
  }

  @Test func openSearchsLimitsAreSettings() async throws {
    let library = try await Library()
    let prefix = "_plugins/_asynchronous_search"
    try await library.service.settings.change(
      SettingsChange(transient: [
        "plugins.asynchronous_search.max_keep_alive": "2d", "plugins.asynchronous_search.max_wait_for_completion_timeout": "1m",
        "plugins.asynchronous_search.node_concurrent_running_searches": "0", "compat.opensearch_states": "internal",
      ]))
    let cases: [(parameters: Parameters, status: Int, reason: String)] = [
      (
        ["keep_alive": "3d"], 400,
        "Keep alive for asynchronous search (259200000) is too large. It must be less than (2d). This limit can be set by changing the "
          + "[plugins.asynchronous_search.max_keep_alive] cluster level setting."
      ),
      (
        ["wait_for_completion_timeout": "61s"], 400,
        "Wait for completion timeout for asynchronous search (61000) is too large. It must be less than (1m). This limit can be set by "
          + "changing the [plugins.asynchronous_search.max_wait_for_completion_timeout] cluster level setting."
      ),
      (
        [:], 429,
        "Trying to create too many concurrent searches. Must be less than or equal to: [0]. This limit can be set by changing the "
          + "[plugins.asynchronous_search.node_concurrent_running_searches] settings."
      ),
    ]
    for (parameters, status, reason) in cases {
      let response = try await library.call(.post, "/books/\(prefix)", parameters: parameters)
      #expect(response.status == status)
      #expect(response.body["error"]?["reason"] == .string(reason))
    }
    try await library.service.settings.change(
      SettingsChange(transient: [
        "plugins.asynchronous_search.node_concurrent_running_searches": nil, "plugins.asynchronous_search.persist_search_failures": "true",
      ]))
    let keep: Parameters = ["keep_on_completion": "true", "wait_for_completion_timeout": "10s"]
    let kept = try await library.call(.post, "/books/\(prefix)", parameters: keep)
    let id = try #require(kept.body["id"]?.string)
    #expect(try await library.call(.get, "/\(prefix)/\(id)").body["state"] == "STORE_RESIDENT")
    let failed = try await library.call(.post, "/nowhere/\(prefix)", parameters: keep)
    let failedID = try #require(failed.body["id"]?.string)
    #expect(try await library.call(.get, "/\(prefix)/\(failedID)").body["state"] == "FAILED")
  }
}
