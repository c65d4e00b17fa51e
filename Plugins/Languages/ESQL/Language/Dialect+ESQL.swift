import Meanwhile
import MeanwhileData

extension Dialect<ESQLLanguage> {
  /// How the ES|QL API speaks about tasks.
  static func esql(_ formats: ResultFormats) -> Dialect<ESQLLanguage> {
    Dialect(
      name: "esql", action: "indices:data/read/esql",
      options: { query, _, timing in
        SubmissionOptions(
          wait: query.request.waitForCompletion ?? timing.submitWait, keepAlive: query.request.keepAlive ?? timing.keepAlive,
          keepOnCompletion: query.request.keepOnCompletion)
      },
      renderRunning: { view, _, request in try ESQLResponse(view, request, formats).running() },
      renderFinished: { view, output, request in try ESQLResponse(view, request, formats).finished(output) })
  }
}
