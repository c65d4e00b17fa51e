import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// The search language: Query DSL, sorts and aggregations over JSON, as Elasticsearch and OpenSearch speak it.
///
/// One language in two asynchronous dialects, `_async_search` and `_plugins/_asynchronous_search`, beside the synchronous `_search` and `_count`. What is
/// wrong with a request is found before it becomes a task; an index that does not exist is a failed search, as both servers have it.
public struct SearchLanguage: QueryLanguage, Observer {
  public typealias Query = SearchRequest
  public typealias Output = SearchOutput

  public static let name = "search"

  /// What happened to the searches of the OpenSearch dialect.
  let counters: AsynchronousSearchCounters
  private let functions: FunctionRegistry

  /// - Parameter functions: what conditions and aggregations are made of.
  public init(functions: FunctionRegistry = .standard) {
    self.functions = functions
    counters = AsynchronousSearchCounters(dialect: Dialect<SearchLanguage>.openSearchName)
  }

  public func prepare(_ request: EndpointRequest, for session: Session) async throws -> SearchRequest {
    try await SearchRequest(request, bodyBytesMax: session.service.configuration.limits.bodyBytesMax)
  }

  public func run(_ query: SearchRequest, in context: QueryContext) async throws -> SearchOutput {
    try await SearchRun(query, in: context, registry: functions).run()
  }

  public var settings: [any DeclaredSetting] { AsyncSearchSettings.all + OpenSearchSettings.all }

  public var sweepIntervals: [Setting<TimeValue>] { [OpenSearchSettings.reaperInterval, OpenSearchSettings.cleanupInterval] }

  public func observe(_ event: TaskEvent) { counters.observe(event) }

  public func describe(_ query: SearchRequest, _ request: EndpointRequest) -> String {
    "indices[\(query.indices)], search_type[QUERY_THEN_FETCH]"
  }

  public var routes: [Route] {
    searchRoutes + countRoutes + asyncSearchRoutes + OpenSearchEndpoints(language: self).routes
  }

  private var searchRoutes: [Route] {
    let endpoints = AsyncQueryEndpoints(language: self, dialect: .search)
    let parameters = SearchRequest.parameterNames
    return [EndpointRequest.Method.get, .post].flatMap { method in
      ["/_search", "/{index}/_search"].map { path in
        Route(
          method, path, summary: "Searches, and answers when done.", parameters: parameters, body: .optional,
          privilege: .index(.read, "indices:data/read/search")
        ) { request, session in
          if request.parameters["scroll"] != nil { throw APIError.illegalArgument("[scroll] is not supported; use search_after") }
          return try await endpoints.runSynchronously(request, session)
        }
      }
    }
  }

  private var countRoutes: [Route] {
    let endpoints = AsyncQueryEndpoints(language: self, dialect: .count)
    let parameters =
      IndexResolver.Options.parameterNames + [
        "q", "df", "default_operator", "analyzer", "analyze_wildcard", "lenient", "preference", "routing", "min_score",
      ]
    return [EndpointRequest.Method.get, .post].flatMap { method in
      ["/_count", "/{index}/_count"].map { path in
        Route(
          method, path, summary: "Counts documents.", parameters: parameters, body: .optional,
          privilege: .index(.read, "indices:data/read/search")
        ) { request, session in
          try await endpoints.runSynchronously(request, session)
        }
      }
    }
  }

  private var asyncSearchRoutes: [Route] {
    let endpoints: @Sendable (Session) -> AsyncQueryEndpoints<SearchLanguage> = { session in
      AsyncQueryEndpoints(language: self, dialect: .asyncSearch(session.service.settings))
    }
    let parameters = SearchRequest.parameterNames + SubmissionOptions.parameterNames
    let submits = ["/_async_search", "/{index}/_async_search"].map { path in
      Route(
        .post, path, summary: "Submits a search, and answers with its result or its id.", parameters: parameters, body: .optional,
        privilege: .index(.read, "indices:data/read/async_search/submit")
      ) { request, session in
        let request = try await SearchSubmission.checked(request, session, pre: "async search queries")
        return try await endpoints(session).submit(request, session)
      }
    }
    return submits + [
      Route(
        .get, "/_async_search/{id}", summary: "Gives the result of an asynchronous search, or its state.",
        parameters: [
          "wait_for_completion_timeout", "keep_alive", "typed_keys", "rest_total_hits_as_int", "return_intermediate_results",
        ],
        privilege: .owner("indices:data/read/async_search/get")
      ) { request, session in try await endpoints(session).get(request, session) }.brief,
      Route(
        .get, "/_async_search/status/{id}", summary: "Gives the state of an asynchronous search, without its result.",
        parameters: ["keep_alive"], privilege: .owner("cluster:monitor/async_search/status", orHolderOf: .monitor)
      ) { request, session in try await AsyncSearchStatus(endpoints: endpoints(session)).respond(request, session) },
      AsyncQueryEndpoints<SearchLanguage>.eventsRoute("/_async_search/{id}/events", endpoints),
      Route(
        .delete, "/_async_search/{id}", summary: "Cancels an asynchronous search, or removes its result.",
        privilege: .owner("indices:data/read/async_search/delete", orHolderOf: .cancelTask)
      ) { request, session in
        try await endpoints(session).delete(request, session)
      }.brief,
    ]
  }
}
