import Meanwhile

/// `GET /_query/queries`: the ES|QL queries that run, one's own or, with the privilege to monitor, everybody's.
///
/// Elasticsearch has had two shapes of the answer, keyed by task and by asynchronous id. This is the union of their members under the id, and either names
/// a query.
enum RunningQueries {
  @Sendable static func list(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let queries = try await session.visibleTasks().filter { $0.language == ESQLLanguage.name }
    let members = queries.map { JSONObject.Member(name: $0.id.encoded, value: .object(summary(of: $0))) }
    return .json(["queries": .object(JSONObject(members))])
  }

  @Sendable static func show(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let query = try await find(request.pathParameters["id"] ?? "", session)
    var body = summary(of: query)
    body.append("documents_found", .integer(Int64(query.view.progress.documentsFound)))
    body.append("values_loaded", .integer(Int64(query.view.progress.valuesLoaded)))
    body.append("coordinating_node", .string(query.id.node))
    body.append("data_nodes", [.string(query.id.node)])
    return .json(.object(body))
  }

  private static func summary(of query: TaskListing) -> JSONObject {
    var body: JSONObject = [
      "id": .integer(Int64(clamping: query.id.number)), "node": .string(query.id.node),
      "start_time_millis": .integer(query.view.submitted.milliseconds),
      "running_time_nanos": .integer(query.view.elapsed.nanoseconds), "query": .string(query.view.description),
      "state": .string(query.view.state.rawValue), "progress": .object(query.view.progress.json),
    ]
    if let opaqueID = query.opaqueID { body.append("headers", ["X-Opaque-Id": .string(opaqueID)]) }
    return body
  }

  /// A query by its id, or by `node:number`.
  private static func find(_ text: String, _ session: Session) async throws -> TaskListing {
    let (node, number, id): (String, TaskNumber, TaskID?)
    if text.contains(":") {
      (node, number) = try TaskID.parseTask(text)
      id = nil
    } else {
      let parsed = try TaskID(parsing: text)
      (node, number, id) = (parsed.node, parsed.number, parsed)
    }
    let listing = try await session.visibleTasks().first { $0.id.node == node && $0.id.number == number && (id == nil || $0.id == id) }
    guard let listing else {
      throw APIError.resourceNotFound(
        node == session.service.nodeID
          ? "task [\(node):\(number)] isn't running and hasn't stored its results"
          : "task [\(node):\(number)] belongs to the node [\(node)] which isn't part of the cluster and there is no record of the task")
    }
    guard listing.language == ESQLLanguage.name else {
      throw APIError.illegalArgument("Task [\(node):\(number)] is not an ESQL query task")
    }
    return listing
  }
}
