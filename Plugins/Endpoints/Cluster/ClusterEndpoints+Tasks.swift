import Meanwhile

extension ClusterEndpoints {
  static let taskParameters = ["actions", "detailed", "group_by", "nodes", "parent_task_id", "timeout", "wait_for_completion"]
  /// Everybody lists and cancels their own tasks; for those of others it takes a privilege.
  private static let seeingOthers = ClusterPrivilege.monitor
  private static let cancellingOthers = ClusterPrivilege.cancelTask
  /// Besides the tasks that run, list the finished ones that are kept: an addition of Meanwhile's.
  static let keptParameter = "kept"

  @Sendable func listTasks(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try Self.refuseWaiting(request)
    let selected = try await Self.select(request, session, reaching: Self.seeingOthers)
    return try TaskList(selected, service: session.service, detailed: request.parameters.bool("detailed") ?? false)
      .response(groupedBy: request.parameters["group_by"])
  }

  @Sendable func showTask(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try Self.refuseWaiting(request)
    let listing = try await Self.find(request, session, reaching: Self.seeingOthers, finishedToo: true)
    let list = TaskList([listing], service: session.service, detailed: true)
    var body: JSONObject = ["completed": .bool(!listing.view.isRunning), "task": list.json(listing)]
    if !listing.view.isRunning, let outcome = try await Self.outcome(of: listing, session) { body.append(outcome.name, outcome.value) }
    return .json(.object(body))
  }

  /// What a finished task gave, where that is an object or an error; nothing to one who sees others' tasks and not their results.
  private static func outcome(of listing: TaskListing, _ session: Session) async throws -> JSONObject.Member? {
    guard listing.owner == nil || listing.owner == session.principal?.owner,
      let language = session.service.language(named: listing.language)
    else { return nil }
    switch try await session.service.tasks.get(listing.id, language: nil, for: session.principal, wait: .zero) {
    case .running: return nil
    case .failed(_, let error): return JSONObject.Member(name: "error", value: .object(error.object))
    case .finished(_, let result):
      return try await object(of: result, in: language).map { JSONObject.Member(name: "response", value: .object($0)) }
    }
  }

  private static func object<Language: QueryLanguage>(of result: TaskResult, in _: Language) async throws -> JSONObject? {
    guard let output = Language.Output.self as? any JSONRenderable.Type else { return nil }
    return try await object(of: result, as: output)
  }

  private static func object<Output: JSONRenderable>(of result: TaskResult, as _: Output.Type) async throws -> JSONObject {
    try await result.read(as: Output.self).json
  }

  @Sendable func cancelTasks(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try Self.refuseWaiting(request)
    return try await Self.cancel(Self.select(request, session, reaching: Self.cancellingOthers), session).response(
      groupedBy: request.parameters["group_by"])
  }

  @Sendable func cancelTask(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try Self.refuseWaiting(request)
    let listing = try await Self.find(request, session, reaching: Self.cancellingOthers, finishedToo: false)
    return try await Self.cancel([listing], session).response(groupedBy: nil)
  }

  /// Those that ended on their own in the meantime are left out: there was nothing left to cancel.
  private static func cancel(_ listings: [TaskListing], _ session: Session) async -> TaskList {
    var cancelled: [TaskListing] = []
    for var listing in listings where await session.service.tasks.cancel(listing.id.number) {
      listing.isCancelled = true
      cancelled.append(listing)
    }
    return TaskList(cancelled, service: session.service, detailed: true)
  }

  /// A query is waited for where it was submitted, by its own get.
  private static func refuseWaiting(_ request: EndpointRequest) throws(APIError) {
    guard try request.parameters.bool("wait_for_completion") != true else {
      throw .illegalArgument("[wait_for_completion] is not supported here; wait with [wait_for_completion_timeout] on the query's own get")
    }
  }

  private static func select(_ request: EndpointRequest, _ session: Session, reaching privilege: ClusterPrivilege) async throws
    -> [TaskListing]
  {
    let service = session.service
    if request.parameters["parent_task_id"] != nil { return [] }  // No task here has children.
    if let nodes = request.parameters["nodes"] {
      let names = [service.nodeID, service.configuration.nodeName, "_local", "_master"]
      let isMeant = nodes.split(separator: ",").contains { node in
        node == "_all" || names.contains { WildcardPattern(String(node)).matches($0) }
      }
      guard isMeant else { return [] }
    }
    let actions = request.parameters["actions"]?.split(separator: ",").map { WildcardPattern(String($0)) }
    let withKept = try request.parameters.bool(keptParameter) ?? false
    return try await session.visibleTasks(stored: withKept, reaching: privilege).filter { listing in
      actions?.contains { $0.matches(listing.action) } ?? true
    }
  }

  /// The task that the path names as `node:number`. A task that is kept has the name of the node that it ran on.
  private static func find(
    _ request: EndpointRequest, _ session: Session, reaching privilege: ClusterPrivilege, finishedToo: Bool
  ) async throws -> TaskListing {
    let text = request.pathParameters["task"] ?? ""
    let (node, number) = try TaskID.parseTask(text)
    let listings = try await session.visibleTasks(stored: finishedToo, reaching: privilege)
    guard let listing = listings.first(where: { $0.id.number == number && $0.id.node == node }) else {
      throw APIError.resourceNotFound(
        finishedToo ? "task [\(text)] isn't running and hasn't stored its results" : "task [\(text)] is not found")
    }
    return listing
  }
}
