import Meanwhile
import MeanwhileData

/// The routes of OpenSearch's asynchronous search, under its own prefix and the one it had before.
struct OpenSearchEndpoints {
  let language: SearchLanguage

  private static let prefixes = ["_plugins/_asynchronous_search", "_opendistro/_asynchronous_search"]

  private static func action(_ name: String) -> String { "cluster:admin/opendistro/asynchronous_search/" + name }

  var routes: [Route] { Self.prefixes.flatMap(routes) }

  private func routes(under prefix: String) -> [Route] {
    let endpoints: @Sendable (Session) -> AsyncQueryEndpoints<SearchLanguage> = { session in
      AsyncQueryEndpoints(language: language, dialect: .openSearch(session.service.settings))
    }
    let counters = language.counters
    let submits = ["/\(prefix)", "/{index}/\(prefix)"].map { path in
      Route(
        .post, path, summary: "Submits a search, and answers with its result or its id.",
        parameters: SearchRequest.parameterNames + SubmissionOptions.parameterNames + ["index"], body: .optional,
        privilege: .index(.read, Self.action("submit"))
      ) { request, session in
        if request.parameters["scroll"] != nil { throw APIError.illegalArgument("scrolls are not supported") }
        if try request.parameters.bool("ccs_minimize_roundtrips") == true {
          throw APIError.validation(["[ccs_minimize_roundtrips] must be false, got: true"])
        }
        return try await endpoints(session).submit(SearchSubmission.checked(request, session, pre: "asynchronous searches"), session)
      }
    }
    let statistics: Route.Handler = { _, session in .json(counters.body(of: session.service)) }
    return submits + [
      Route(
        .get, "/\(prefix)/stats", summary: "Counts asynchronous searches.", privilege: .cluster(.monitor, Self.action("stats")),
        handler: statistics),
      Route(
        .get, "/\(prefix)/_nodes/{node}/stats", summary: "Counts asynchronous searches of a node.",
        privilege: .cluster(.monitor, Self.action("stats")),
        handler: statistics),
      Route(
        .get, "/\(prefix)/{id}", summary: "Gives the result of an asynchronous search, or its state.",
        parameters: ["wait_for_completion_timeout", "keep_alive"], privilege: .owner(Self.action("get"))
      ) { request, session in try await endpoints(session).get(request, session) },
      Route(
        .get, "/\(prefix)/_list", summary: "Lists the asynchronous searches that run or are kept.",
        privilege: .owner(Self.action("list"), orHolderOf: .monitor), handler: Self.list),
      AsyncQueryEndpoints<SearchLanguage>.statusRoute("/\(prefix)/{id}/status", endpoints),
      AsyncQueryEndpoints<SearchLanguage>.eventsRoute("/\(prefix)/{id}/events", endpoints),
      Route(
        .delete, "/\(prefix)/{id}", summary: "Cancels an asynchronous search, or removes its result.",
        privilege: .owner(Self.action("delete"), orHolderOf: .cancelTask)
      ) { request, session in
        try await endpoints(session).delete(request, session)
      },
    ]
  }

  /// One's own searches, or with the privilege to monitor everybody's: an addition of Meanwhile's.
  @Sendable private static func list(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let dialect = Dialect<SearchLanguage>.openSearchName
    let searches = try await session.visibleTasks(stored: true).filter { $0.dialect == dialect && $0.view.isAsynchronous }
    let kept = OpenSearchBody.State.kept(session.service.settings[OpenSearchSettings.states])
    return .json(["asynchronous_searches": .array(searches.map { describe($0, kept) })])
  }

  private static func describe(_ listing: TaskListing, _ kept: OpenSearchBody.State) -> JSONValue {
    let view = listing.view
    let state: OpenSearchBody.State = view.isRunning ? .running : view.state == .failed ? .failed : kept
    var body = OpenSearchBody.head(view, id: listing.id, state: state)
    body.append("description", .string(view.description))
    body.append("progress", .object(view.progress.json))
    if let owner = listing.owner { body.append("owner", .string(owner)) }
    if let opaqueID = listing.opaqueID { body.append("headers", ["X-Opaque-Id": .string(opaqueID)]) }
    return .object(body)
  }
}
