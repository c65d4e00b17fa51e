import Meanwhile

extension Dialect where Language == SearchLanguage {
  /// OpenSearch's asynchronous search.
  static var openSearch: Dialect {
    var timing = DialectTiming()
    timing.submitWait = .seconds(1)
    timing.getWait = .zero
    timing.keepAlive = .days(1)
    timing.waitMax = .init(.seconds(300)) { wait in
      .illegalArgument(
        "Wait for completion timeout for asynchronous search (\(wait.milliseconds)) is too large. It must be less than (\(TimeValue.seconds(300).text))."
          + " This limit can be set by changing the [plugins.asynchronous_search.max_wait_for_completion_timeout] cluster level setting.")
    }
    timing.keepAliveMin = .init(.minutes(1)) { keepAlive in
      .validation(["[keep_alive] must be greater than 1 minute, got: \(keepAlive.text)"])
    }
    timing.keepAliveMax = .init(.days(5)) { keepAlive in
      .illegalArgument(
        "Keep alive for asynchronous search (\(keepAlive.milliseconds)) is too large. It must be less than (\(TimeValue.days(5).text))."
          + " This limit can be set by changing the [plugins.asynchronous_search.max_keep_alive] cluster level setting.")
    }
    var dialect = Dialect(name: "opensearch", action: "indices:data/read/opendistro/asynchronous_search/submit", timing: timing) {
      view, partial, _ in
      let output = partial ?? .running(shardCount: 0, took: view.elapsed)
      return .encodedJSON(OpenSearchBody.bytes(view, state: .running, member: "response", output.response))
    } renderFinished: { view, output, request in
      // Who submitted is told that it succeeded, who comes back that it was kept.
      let state: OpenSearchBody.State = request.method == .post ? .succeeded : .persisted
      return .encodedJSON(OpenSearchBody.bytes(view, state: state, member: "response", output.response))
    } renderFailure: { error, view, _ in
      // A failed search is an answer like any other; what failed stands inside.
      let reason = error.envelope["error"] ?? .null
      return .encodedJSON(OpenSearchBody.bytes(view, state: .failed, member: "error", reason.encoded()))
    }
    dialect.sendsAsyncHeaders = false
    dialect.malformedIDIsNotFound = true
    dialect.keepsFailures = false
    dialect.concurrency = ConcurrencyLimit(limit: 20, error: .tooManySearches(limit: 20))
    return dialect
  }
}

extension APIError {
  fileprivate static func tooManySearches(limit: Int) -> APIError {
    APIError(
      type: "es_rejected_execution_exception",
      reason:
        "Trying to create too many concurrent searches. Must be less than or equal to: [\(limit)]. This limit can be set by changing the "
        + "[plugins.asynchronous_search.node_concurrent_running_searches] settings.", status: 429)
  }
}

/// The envelope around a search's response.
enum OpenSearchBody {
  enum State: String {
    case running = "RUNNING"
    case succeeded = "SUCCEEDED"
    case failed = "FAILED"
    case persisted = "PERSISTED"
  }

  static func bytes(_ view: TaskView, state: State, member: String, _ value: [UInt8]) -> [UInt8] {
    var head = JSONObject()
    if let id = view.id { head.append("id", .string(id.encoded)) }
    head.append("state", .string(state.rawValue))
    head.append("start_time_in_millis", .integer(view.submitted.milliseconds))
    head.append("expiration_time_in_millis", .integer(view.expires.milliseconds))
    head.append("took", .integer(view.elapsed.milliseconds))
    return JSONValue.object(head).encoded(appending: member, value)
  }
}
