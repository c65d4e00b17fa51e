import Meanwhile

extension Dialect where Language == EQLLanguage {
  /// How Elasticsearch's EQL API speaks about tasks. It has no asynchronous headers, and no wait of its own: a search without
  /// `wait_for_completion_timeout` is synchronous.
  static let eql = Dialect<EQLLanguage>(
    name: "eql", action: "indices:data/read/eql[a]", sendsAsyncHeaders: false,
    options: { query, _, timing in
      let submission = query.request.submission
      return SubmissionOptions(
        wait: submission.wait ?? timing.submitWait, keepAlive: submission.keepAlive, keepOnCompletion: submission.keepOnCompletion)
    },
    renderRunning: { view, _, _ in
      var body = head(of: view, isPartial: true)
      body.append("hits", .object(JSONObject()))
      return .json(.object(body))
    },
    renderFinished: { view, output, _ in
      var bytes = JSONValue.object(head(of: view, isPartial: output.isPartial)).encoded()
      // The hits are JSON text already: they go in before the closing brace.
      bytes.removeLast()
      bytes.append(contentsOf: ",\"hits\":".utf8)
      for piece in output.hits { bytes.append(contentsOf: piece) }
      bytes.append(UInt8(ascii: "}"))
      return .encodedJSON(bytes)
    })

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
