import Meanwhile

extension Dialect where Language == EQLLanguage {
  /// How Elasticsearch's EQL API speaks about tasks. It has no asynchronous headers, and no wait of its own: a search without
  /// `wait_for_completion_timeout` is synchronous.
  static var eql: Dialect {
    var dialect = Dialect(
      name: "eql", action: "indices:data/read/eql[a]", sendsAsyncHeaders: false,
      options: { query, _, timing in
        let submission = query.request.submission
        return SubmissionOptions(
          wait: submission.wait ?? timing.submitWait, keepAlive: submission.keepAlive, keepOnCompletion: submission.keepOnCompletion)
      },
      renderRunning: { view, partial, _ in
        let hits = partial?.hits ?? ChunkStream([Array("{}".utf8)])
        return .encodedJSON(JSONValue.object(head(of: view, isPartial: true)).encoded(appending: "hits", hits))
      },
      renderFinished: { view, output, _ in
        .encodedJSON(JSONValue.object(head(of: view, isPartial: output.isPartial)).encoded(appending: "hits", output.hits))
      })
    dialect.showsPartial = { try $0.parameters.bool("partial_results") ?? false }
    return dialect
  }

  private static func head(of view: TaskView, isPartial: Bool) -> JSONObject {
    var head = JSONObject()
    if view.isAsynchronous, let id = view.id { head.append("id", .string(id.encoded)) }
    head.append("is_partial", .bool(isPartial))
    head.append("is_running", .bool(view.isRunning))
    head.append("took", .integer(view.elapsed.milliseconds))
    head.append("timed_out", false)
    return head
  }
}
