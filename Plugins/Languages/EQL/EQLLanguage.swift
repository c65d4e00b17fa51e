import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// EQL, the Event Query Language: single events, sequences of events in time, and samples of events that belong together.
///
/// Endpoints are those of Elasticsearch's EQL search: `GET` and `POST /{index}/_eql/search`, `GET` and `DELETE /_eql/search/{id}`,
/// `GET /_eql/search/status/{id}`; and `GET /_eql/search/{id}/events`.
public struct EQLLanguage: QueryLanguage {
  public typealias Query = EQLPreparedQuery
  public typealias Output = EQLOutput

  public static let name = "eql"

  private let functions: FunctionRegistry

  /// - Parameter functions: what conditions are made of, besides EQL's own functions.
  public init(functions: FunctionRegistry = .standard) {
    self.functions = EQLFunctions.added(to: functions)
  }

  public func prepare(_ request: EndpointRequest, for session: Session) async throws -> EQLPreparedQuery {
    let request = try await EQLRequest(request, bodyBytesMax: session.service.configuration.limits.bodyBytesMax)
    let statement = try Parser.parse(request.query)
    let store = try session.resource((any IndexStore).self)
    let selection = try await IndexSelection(store: store).select(for: request)
    var planner = QueryPlanner(
      request: request, statement: statement, definitions: selection.definitions, targets: selection.targets, functions: functions,
      now: session.service.environment.time.now())
    return try planner.plan()
  }

  public func run(_ query: EQLPreparedQuery, in context: QueryContext) async throws -> EQLOutput {
    let store = try context.session.resource((any IndexStore).self)
    let now = context.session.service.environment.time.now()
    let snapshots = try await store.snapshots(of: query.targets, now: now)
    let execution = ExecutionContext(
      signals: context.signals, progress: context.progress, memory: context.memory, settings: QuerySettings(now: now))
    let search = try EQLSearch(query: query, snapshots: snapshots, execution: execution)
    return try await search.run()
  }

  public func describe(_ query: EQLPreparedQuery, _ request: EndpointRequest) -> String {
    "indices[\(query.request.indices)], query[\(query.request.query)]"
  }

  public var routes: [Route] {
    let endpoints = AsyncQueryEndpoints(language: self, dialect: .eql)
    let search: Route.Handler = { request, session in
      var request = request
      let body = try await request.body.collect(bytesMax: session.service.configuration.limits.bodyBytesMax)
      request.body = ChunkStream([body])
      let isAsynchronous = try await EQLRequest(request).submission.isAsynchronous
      return isAsynchronous ? try await endpoints.submit(request, session) : try await endpoints.runSynchronously(request, session)
    }
    let summary = "Searches with EQL; asynchronously if wait_for_completion_timeout is given."
    return [
      Route(
        .get, "/{index}/_eql/search", summary: summary, parameters: EQLRequest.parameters, body: .optional,
        privilege: .index(.read, "indices:data/read/eql"), handler: search),
      Route(
        .post, "/{index}/_eql/search", summary: summary, parameters: EQLRequest.parameters, body: .optional,
        privilege: .index(.read, "indices:data/read/eql"), handler: search),
      Route(
        .get, "/_eql/search/{id}", summary: "Gives the result of an asynchronous EQL search, or its state.",
        parameters: ["wait_for_completion_timeout", "keep_alive", "partial_results"], privilege: .owner("indices:data/read/eql/async/get")
      ) { request, session in try await endpoints.get(request, session) }.brief,
      endpoints.statusRoute("/_eql/search/status/{id}"),
      endpoints.eventsRoute("/_eql/search/{id}/events"),
      Route(
        .delete, "/_eql/search/{id}", summary: "Cancels an asynchronous EQL search, or removes its result.",
        privilege: .owner("indices:data/read/async_search/delete", orHolderOf: .cancelTask)
      ) { request, session in
        try await endpoints.delete(request, session)
      }.brief,
    ]
  }
}
