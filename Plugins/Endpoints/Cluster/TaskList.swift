import Meanwhile

/// Tasks as Elasticsearch's task management API lists them.
struct TaskList {
  let listings: [TaskListing]
  let service: Service
  /// Whether description and status are shown.
  let detailed: Bool

  init(_ listings: [TaskListing], service: Service, detailed: Bool) {
    self.listings = listings
    self.service = service
    self.detailed = detailed
  }

  /// - Parameter group: `nodes`, `parents` or `none`; nil means `nodes`.
  func response(groupedBy group: String?) throws(APIError) -> EndpointResponse {
    switch group ?? "nodes" {
    case "nodes": .json(["nodes": .object(listings.isEmpty ? [:] : JSONObject([.init(name: service.nodeID, value: .object(node))]))])
    case "parents": .json(["tasks": .object(byID)])  // No task here has children, so each is its own parent.
    case "none": .json(["tasks": .array(listings.map(json))])
    case let other: throw .illegalArgument("[group_by] must be one of [nodes], [parents] or [none] but was [\(other)]")
    }
  }

  private var node: JSONObject {
    [
      "name": .string(service.configuration.nodeName), "transport_address": "127.0.0.1", "host": "127.0.0.1", "ip": "127.0.0.1",
      "roles": ["data", "ingest", "master"], "tasks": .object(byID),
    ]
  }

  private var byID: JSONObject {
    JSONObject(listings.map { .init(name: $0.id.task, value: json($0)) })
  }

  func json(_ listing: TaskListing) -> JSONValue {
    let view = listing.view
    var task: JSONObject = [
      "node": .string(listing.id.node), "id": .integer(Int64(clamping: listing.id.number)), "type": "transport",
      "action": .string(listing.action),
    ]
    if detailed {
      task.append("status", .object(status(of: listing)))
      task.append("description", .string(view.description))
    }
    task.append("start_time_in_millis", .integer(view.submitted.milliseconds))
    task.append("running_time_in_nanos", .integer(view.elapsed.nanoseconds))
    task.append("cancellable", true)
    task.append("cancelled", .bool(listing.isCancelled))
    task.append("headers", listing.opaqueID.map { ["X-Opaque-Id": .string($0)] } ?? [:])
    return .object(task)
  }

  /// Elasticsearch shows the id and how long it is kept. Language, dialect, state and progress come on top.
  private func status(of listing: TaskListing) -> JSONObject {
    let view = listing.view
    var status = JSONObject()
    if view.isAsynchronous {
      status.append("request_id", .string(listing.id.encoded))
      let (kept, overflow) = view.expires.milliseconds.subtractingReportingOverflow(view.submitted.milliseconds)
      if !overflow { status.append("keep_alive", .string(TimeValue.milliseconds(kept).text)) }
    }
    status.append("language", .string(listing.language))
    status.append("dialect", .string(listing.dialect))
    status.append("state", .string(view.state.rawValue))
    status.append("rows_read", .integer(Int64(view.progress.rows)))
    if view.progress.rowsTotal > 0 { status.append("rows_total", .integer(Int64(view.progress.rowsTotal))) }
    return status
  }
}
