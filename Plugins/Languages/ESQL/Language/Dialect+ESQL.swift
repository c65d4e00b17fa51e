import Meanwhile
import MeanwhileData

extension Dialect<ESQLLanguage> {
  /// How the ES|QL API speaks about tasks.
  static func esql(_ formats: ResultFormats) -> Dialect<ESQLLanguage> {
    var dialect = Dialect(
      name: "esql", action: "indices:data/read/esql",
      options: { query, _, timing in
        SubmissionOptions(
          wait: query.request.waitForCompletion ?? timing.submitWait, keepAlive: query.request.keepAlive ?? timing.keepAlive,
          keepOnCompletion: query.request.keepOnCompletion)
      },
      renderRunning: { view, partial, request in try ESQLResponse(view, request, formats).running(partial) },
      renderFinished: { view, output, request in try ESQLResponse(view, request, formats).finished(output) })
    dialect.showsPartial = { try $0.parameters.bool("partial_results") ?? false }
    return dialect
  }
}
