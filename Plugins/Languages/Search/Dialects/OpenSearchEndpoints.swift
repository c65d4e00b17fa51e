import Meanwhile
import MeanwhileData

/// The routes of OpenSearch's asynchronous search, under its own prefix and the one it had before.
struct OpenSearchEndpoints {
  let language: SearchLanguage

  private static let prefixes = ["_plugins/_asynchronous_search", "_opendistro/_asynchronous_search"]

  var routes: [Route] { Self.prefixes.flatMap(routes) }

  private func routes(under prefix: String) -> [Route] {
    let endpoints = AsyncQueryEndpoints(language: language, dialect: .openSearch)
    let counters = language.counters
    let submits = ["/\(prefix)", "/{index}/\(prefix)"].map { path in
      Route(
        .post, path, summary: "Submits a search, and answers with its result or its id.",
        parameters: SearchRequest.parameterNames + SubmissionOptions.parameterNames + ["index"], body: .optional, privilege: "indices:read"
      ) { request, session in
        if request.parameters["scroll"] != nil { throw APIError.illegalArgument("scrolls are not supported") }
        if try request.parameters.bool("ccs_minimize_roundtrips") == true {
          throw APIError.validation(["[ccs_minimize_roundtrips] must be false, got: true"])
        }
        return try await endpoints.submit(SearchSubmission.checked(request, session, pre: "asynchronous searches"), session)
      }
    }
    let statistics: Route.Handler = { _, session in .json(counters.body(of: session.service)) }
    return submits + [
      Route(.get, "/\(prefix)/stats", summary: "Counts asynchronous searches.", privilege: "cluster:monitor", handler: statistics),
      Route(
        .get, "/\(prefix)/_nodes/{node}/stats", summary: "Counts asynchronous searches of a node.", privilege: "cluster:monitor",
        handler: statistics),
      Route(
        .get, "/\(prefix)/{id}", summary: "Gives the result of an asynchronous search, or its state.",
        parameters: ["wait_for_completion_timeout", "keep_alive"]
      ) { request, session in try await endpoints.get(request, session) },
      endpoints.statusRoute("/\(prefix)/{id}/status"),
      endpoints.eventsRoute("/\(prefix)/{id}/events"),
      Route(.delete, "/\(prefix)/{id}", summary: "Cancels an asynchronous search, or removes its result.") { request, session in
        try await endpoints.delete(request, session)
      },
    ]
  }
}
