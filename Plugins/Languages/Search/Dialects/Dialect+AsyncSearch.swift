import Meanwhile

extension Dialect where Language == SearchLanguage {
  /// Elasticsearch's `_async_search`.
  static var asyncSearch: Dialect {
    var timing = DialectTiming()
    timing.submitWait = .seconds(1)
    timing.getWait = .zero
    timing.keepAlive = .days(5)
    timing.keepAliveMin = .init(.seconds(1)) { keepAlive in
      .validation(["[keep_alive] must be greater or equals than 1 second, got:\(keepAlive.text)"])
    }
    var dialect = Dialect(name: "async_search", action: "indices:data/read/async_search/submit", timing: timing) { view, partial, _ in
      let output = partial ?? .running(shardCount: 0, took: view.elapsed)
      return .encodedJSON(AsyncSearchBody.bytes(view, isPartial: true, completed: nil, member: "response", output.response))
    } renderFinished: { view, output, request in
      let response = try output.response(for: request)
      return .encodedJSON(
        AsyncSearchBody.bytes(view, isPartial: output.isPartial, completed: view.completed, member: "response", response))
    } renderFailure: { error, view, _ in
      let wrapped = APIError(type: "status_exception", reason: "error while executing search", status: error.status, causedBy: error)
      let bytes = AsyncSearchBody.bytes(view, isPartial: true, completed: nil, member: "error", JSONValue.object(wrapped.object).encoded())
      return .encodedJSON(bytes, status: error.status, headers: error.headers)
    }
    dialect.synchronousAction = "indices:data/read/search"
    dialect.showsPartial = { try $0.parameters.bool("return_intermediate_results") ?? true }
    return dialect
  }
}

/// The envelope around an asynchronous search's response.
enum AsyncSearchBody {
  /// - Parameters:
  ///   - completed: when it ended, where there is a response to say so of.
  ///   - member: `response` or `error`, with its value, encoded.
  static func bytes(_ view: TaskView, isPartial: Bool, completed: Timestamp?, member: String, _ value: [UInt8]) -> [UInt8] {
    var head = JSONObject()
    if let id = view.id { head.append("id", .string(id.encoded)) }
    head.append("is_partial", .bool(isPartial))
    head.append("is_running", .bool(view.isRunning))
    head.append("start_time_in_millis", .integer(view.submitted.milliseconds))
    head.append("expiration_time_in_millis", .integer(view.expires.milliseconds))
    if let completed { head.append("completion_time_in_millis", .integer(completed.milliseconds)) }
    return JSONValue.object(head).encoded(appending: member, [value])
  }
}

extension SearchOutput {
  /// The response in the form that a get asks for, which may differ from the submit's: `rest_total_hits_as_int`.
  func response(for request: EndpointRequest) throws -> [UInt8] {
    guard request.method == .get, try request.parameters.bool("rest_total_hits_as_int") == true else { return response }
    guard var body = try JSONValue.parse(response, valuesMax: .max).object, var hits = body["hits"]?.object,
      let total = hits["total"]?["value"]
    else {
      return response
    }
    hits["total"] = total
    body["hits"] = .object(hits)
    return JSONValue.object(body).encoded()
  }

  /// What there is of a search that still runs: no hits yet, and a total that says so.
  static func running(shardCount: Int, took: TimeValue) -> SearchOutput {
    let response: JSONValue = [
      "took": .integer(took.milliseconds), "timed_out": false, "num_reduce_phases": 0,
      "_shards": ["total": .integer(Int64(shardCount)), "successful": 0, "skipped": 0, "failed": 0],
      "hits": ["total": ["value": 0, "relation": "gte"], "max_score": nil, "hits": []],
    ]
    return SearchOutput(response: response.encoded(), isPartial: true, shardCount: shardCount)
  }
}

/// `GET /_async_search/status/{id}`.
struct AsyncSearchStatus: Sendable {
  let endpoints: AsyncQueryEndpoints<SearchLanguage>

  func respond(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let status = try await endpoints.findStatus(request, session)
    let (view, failure) = (status.view, status.failure)
    var body = JSONObject()
    if let id = view.id { body.append("id", .string(id.encoded)) }
    body.append("is_running", .bool(view.isRunning))
    body.append("is_partial", .bool(failure != nil || status.isPartial))
    body.append("start_time_in_millis", .integer(view.submitted.milliseconds))
    body.append("expiration_time_in_millis", .integer(view.expires.milliseconds))
    if let completed = view.completed, failure == nil { body.append("completion_time_in_millis", .integer(completed.milliseconds)) }
    body.append("_shards", await shards(view, failure, session))
    if !view.isRunning { body.append("completion_status", .integer(Int64(failure?.status ?? 200))) }
    body.append("state", .string(view.state.rawValue))
    body.append("progress", .object(view.progress.json))
    var response = EndpointResponse.json(.object(body))
    if let id = view.id { response.headers["X-Elasticsearch-Async-Id"] = id.encoded }
    response.headers["X-Elasticsearch-Async-Is-Running"] = view.isRunning ? "?1" : "?0"
    return response
  }

  /// An index is a shard. All of them have been searched at the end, and none is known to be before.
  private func shards(_ view: TaskView, _ failure: APIError?, _ session: Session) async -> JSONValue {
    var total = 0
    if let id = view.id, failure == nil,
      let reply = try? await session.service.tasks.get(id, language: SearchLanguage.name, for: session.principal, wait: .zero)
    {
      switch reply {
      case .running(_, let partial): total = (await partial?.current() as? SearchOutput)?.shardCount ?? 0
      case .finished(_, let result): total = (try? await result.read(as: SearchOutput.self))?.shardCount ?? 0
      case .failed: break
      }
    }
    let successful = view.isRunning ? 0 : total
    return ["total": .integer(Int64(total)), "successful": .integer(Int64(successful)), "skipped": 0, "failed": 0]
  }
}
