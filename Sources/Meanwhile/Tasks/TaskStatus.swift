/// A task's state without its result: the body of every status API, and the data of every event about it.
public struct TaskStatus: Sendable {
  public var view: TaskView
  /// Why it failed; nil unless it did.
  public var failure: APIError?
  /// Whether what there is, or will be given, is incomplete: it runs, or its result is partial.
  public var isPartial: Bool
  /// It was told to finish early, and left something out for it.
  public var wasStopped: Bool

  public init(view: TaskView, failure: APIError? = nil, isPartial: Bool, wasStopped: Bool = false) {
    self.view = view
    self.failure = failure
    self.isPartial = isPartial
    self.wasStopped = wasStopped
  }

  /// The fields of Elasticsearch's EQL status, then the state by its name, and how far the run is or came.
  public var json: JSONObject {
    var body = JSONObject()
    if let id = view.id { body.append("id", .string(id.encoded)) }
    body.append("is_running", .bool(view.isRunning))
    body.append("is_partial", .bool(isPartial))
    if view.isRunning { body.append("start_time_in_millis", .integer(view.submitted.milliseconds)) }
    body.append("expiration_time_in_millis", .integer(view.expires.milliseconds))
    if !view.isRunning { body.append("completion_status", .integer(Int64(failure?.status ?? 200))) }
    body.append("state", .string(view.state.rawValue))
    body.append("progress", .object(view.progress.json))
    return body
  }
}

extension QueryProgress.Reading {
  /// `{"rows", "rows_total", "bytes", "bytes_total", "fraction"}`; the fraction is null while the total is unknown.
  public var json: JSONObject {
    [
      "rows": .integer(Int64(rows)), "rows_total": .integer(Int64(rowsTotal)), "bytes": .integer(Int64(bytes)),
      "bytes_total": .integer(Int64(bytesTotal)), "fraction": fraction.map { .double($0) } ?? .null,
    ]
  }
}
