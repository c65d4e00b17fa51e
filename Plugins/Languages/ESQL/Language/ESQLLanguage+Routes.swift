import Meanwhile
import MeanwhileData

extension ESQLLanguage {
  private static let resultParameters = ["format", "delimiter", "drop_null_columns"]
  private static let submitParameters = resultParameters + ["allow_partial_results"]

  public var routes: [Route] {
    let endpoints = AsyncQueryEndpoints(language: self, dialect: .esql(formats))
    let tables = formats.all.flatMap { $0.mediaTypes.prefix(1) }.filter { $0 != "application/json" }
    return routes(endpoints).map { route in
      var route = route
      if route.parameters.contains("format") { route.mediaTypes = tables }
      return route
    }
  }

  private func routes(_ endpoints: AsyncQueryEndpoints<ESQLLanguage>) -> [Route] {
    [
      Route(
        .post, "/_query", summary: "Runs an ES|QL query and answers with its result.", parameters: Self.submitParameters, body: .required,
        privilege: .index(.read, "indices:data/read/esql")
      ) { request, session in
        try await endpoints.runSynchronously(check(request), session)
      },
      Route(
        .post, "/_query/async", summary: "Submits an ES|QL query, and answers with its result or its id.",
        parameters: Self.submitParameters, body: .required, privilege: .index(.read, "indices:data/read/esql")
      ) { request, session in
        try await endpoints.submit(check(request), session)
      }.brief,
      Route(
        .get, "/_query/async/{id}", summary: "Answers with the result of a submitted ES|QL query, or says that it still runs.",
        parameters: Self.resultParameters + ResultWindow.parameterNames + ["wait_for_completion_timeout", "keep_alive", "partial_results"],
        privilege: .owner("indices:data/read/esql/async/get")
      ) { request, session in
        _ = try ResultWindow(of: request)  // What cannot be is refused at once, not after the wait.
        return try await endpoints.get(request, session)
      }.brief,
      endpoints.statusRoute("/_query/async/{id}/status"),
      endpoints.eventsRoute("/_query/async/{id}/events"),
      Route(
        .post, "/_query/async/{id}/stop", summary: "Ends a submitted ES|QL query early, and answers with the result so far.",
        parameters: Self.resultParameters, privilege: .owner("indices:data/read/esql/async/stop")
      ) { request, session in
        try await endpoints.stop(request, session)
      }.brief,
      Route(
        .get, "/_query/queries", summary: "Lists the ES|QL queries that run, synchronous ones too.",
        privilege: .owner("cluster:monitor/xpack/esql/list_queries", orHolderOf: .monitor), handler: RunningQueries.list),
      Route(
        .get, "/_query/queries/{id}", summary: "Shows an ES|QL query that runs.",
        privilege: .owner("cluster:monitor/xpack/esql/get_query", orHolderOf: .monitor), handler: RunningQueries.show),
      Route(
        .delete, "/_query/async/{id}", summary: "Cancels a submitted ES|QL query if it runs, and deletes its result.",
        privilege: .owner("indices:data/read/async_search/delete", orHolderOf: .cancelTask)
      ) { request, session in
        try await endpoints.delete(request, session)
      }.brief,
    ]
  }

  /// Refuses a format or delimiter that cannot be, before anything is run.
  private func check(_ request: EndpointRequest) throws(APIError) -> EndpointRequest {
    // A caller within the process names no media type at all; a client of the wire always does.
    let isBare = request.headers["Accept"] == nil && request.headers["Content-Type"] == nil && request.parameters["format"] == nil
    _ = try formats.choose(for: request, fallback: isBare ? "json" : nil)
    return request
  }
}
