import Meanwhile

extension Dialect where Language == SearchLanguage {
  /// OpenSearch's asynchronous search.
  ///
  /// - Parameter settings: the limits in force.
  static func openSearch(_ settings: Settings) -> Dialect {
    let waitMax = settings[OpenSearchSettings.waitMax]
    let keepAliveMax = settings[OpenSearchSettings.keepAliveMax]
    let concurrency = settings[OpenSearchSettings.runningMax]
    let states = settings[OpenSearchSettings.states]
    var timing = DialectTiming()
    timing.submitWait = .seconds(1)
    timing.getWait = .zero
    timing.keepAlive = min(.days(1), keepAliveMax)
    timing.runMax = settings[OpenSearchSettings.runMax]
    timing.waitMax = .init(waitMax) { wait in
      .illegalArgument(
        "Wait for completion timeout for asynchronous search (\(wait.milliseconds)) is too large. It must be less than (\(waitMax.text))."
          + " This limit can be set by changing the [\(OpenSearchSettings.waitMax.name)] cluster level setting.")
    }
    timing.keepAliveMin = .init(.minutes(1)) { keepAlive in
      .validation(["[keep_alive] must be greater than 1 minute, got: \(keepAlive.text)"])
    }
    timing.keepAliveMax = .init(keepAliveMax) { keepAlive in
      .illegalArgument(
        "Keep alive for asynchronous search (\(keepAlive.milliseconds)) is too large. It must be less than (\(keepAliveMax.text))."
          + " This limit can be set by changing the [\(OpenSearchSettings.keepAliveMax.name)] cluster level setting.")
    }
    var dialect = Dialect(name: openSearchName, action: "indices:data/read/opendistro/asynchronous_search/submit", timing: timing) {
      view, partial, _ in
      let output = partial ?? .running(shardCount: 0, took: view.elapsed)
      return .encodedJSON(OpenSearchBody.stream(view, state: .running, member: "response", output.response))
    } renderFinished: { view, output, request in
      // Who submitted is told that it succeeded, who comes back that it was kept.
      let state: OpenSearchBody.State = request.method == .post ? .succeeded : .kept(states)
      return .encodedJSON(OpenSearchBody.stream(view, state: state, member: "response", output.response))
    } renderFailure: { error, view, _ in
      // A failed search is an answer like any other; what failed stands inside.
      let reason = error.envelope["error"] ?? .null
      return .encodedJSON(OpenSearchBody.stream(view, state: .failed, member: "error", ChunkStream([reason.encoded()])))
    }
    dialect.sendsAsyncHeaders = false
    dialect.malformedIDIsNotFound = true
    dialect.keepsFailures = settings[OpenSearchSettings.keepsFailures]
    dialect.concurrency = ConcurrencyLimit(limit: concurrency, error: .tooManySearches(limit: concurrency))
    return dialect
  }

  /// The dialect's name, in records and counters.
  static var openSearchName: String { "opensearch" }
}

extension APIError {
  fileprivate static func tooManySearches(limit: Int) -> APIError {
    APIError(
      type: "es_rejected_execution_exception",
      reason:
        "Trying to create too many concurrent searches. Must be less than or equal to: [\(limit)]. This limit can be set by changing the "
        + "[\(OpenSearchSettings.runningMax.name)] settings.", status: 429)
  }
}

/// The envelope around a search's response.
enum OpenSearchBody {
  enum State: String {
    case running = "RUNNING"
    case succeeded = "SUCCEEDED"
    case failed = "FAILED"
    case persisted = "PERSISTED"
    case storeResident = "STORE_RESIDENT"

    /// The state of a search that succeeded and is kept.
    static func kept(_ names: OpenSearchSettings.StateNames) -> State {
      switch names {
      case .documented: .persisted
      case .internal: .storeResident
      }
    }
  }

  /// - Parameter member: `response` or `error`, with its value, encoded.
  static func stream(_ view: TaskView, state: State, member: String, _ value: ChunkStream) -> ChunkStream {
    JSONValue.object(head(view, id: view.id, state: state)).encoded(appending: member, value)
  }

  /// What stands in front of the response.
  static func head(_ view: TaskView, id: TaskID?, state: State) -> JSONObject {
    var head = JSONObject()
    if let id { head.append("id", .string(id.encoded)) }
    head.append("state", .string(state.rawValue))
    head.append("start_time_in_millis", .integer(view.submitted.milliseconds))
    head.append("expiration_time_in_millis", .integer(view.expires.milliseconds))
    head.append("took", .integer(view.elapsed.milliseconds))
    return head
  }
}
