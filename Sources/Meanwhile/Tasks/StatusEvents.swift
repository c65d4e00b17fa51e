/// A task's life as server-sent events (WHATWG HTML, section 9.2), so that nobody has to poll.
///
/// `state` comes at once and on every change, `progress` at an interval when it changed, and last exactly one of `completed`, `failed`, `stopped` and
/// `deleted`; then the stream ends. The data of each is the task's status. Where nothing happens, a comment keeps proxies from closing the connection.
///
/// It is a loop over one question, ``AsyncTaskManager/status(_:language:for:isPrivileged:keepAlive:since:wait:disconnection:)``, asked when the client takes
/// the next event; between questions the manager knows nothing of it. The client's going ends the question that is asked, and nothing else.
actor StatusEvents {
  private let tasks: AsyncTaskManager
  private let time: any TimeSource
  private let principal: Principal?
  private let language: String
  private let id: TaskID
  private let interval: TimeValue
  /// What the client was told last.
  private var told: TaskStatus
  private var hasBegun = false
  private var isOver = false
  private var progressDue: UInt64 = 0
  private var heartbeatDue: UInt64 = 0
  /// Ends the question that is being asked.
  private var question = Disconnection()

  /// The shortest and the longest interval between two `progress` events.
  static let intervals = TimeValue.milliseconds(100)...TimeValue.minutes(1)
  static let intervalDefault = TimeValue.seconds(1)
  private static let heartbeat = TimeValue.seconds(15)

  /// - Parameter first: the task's status now.
  init(of first: TaskStatus, _ id: TaskID, language: String, every interval: TimeValue, for session: Session) {
    tasks = session.service.tasks
    time = session.service.environment.time
    principal = session.principal
    self.language = language
    self.id = id
    self.interval = interval
    told = first
  }

  /// Reads the parameter `interval`.
  ///
  /// - Throws: a 400 for one that is too short or too long.
  static func interval(of request: EndpointRequest) throws(APIError) -> TimeValue {
    guard let interval = try request.parameters.time("interval") else { return intervalDefault }
    guard intervals.contains(interval) else {
      throw .illegalArgument(
        "[interval] must be between [\(intervals.lowerBound.text)] and [\(intervals.upperBound.text)], got: [\(interval.text)]")
    }
    return interval
  }

  /// The next event, or a comment where nothing happened for a while; nil at the end.
  ///
  /// - Throws: what kept the manager from answering, such as the server's end. The task may live on, so there is no last event.
  func next() async throws -> [UInt8]? {
    guard !isOver else { return nil }
    guard hasBegun else {
      hasBegun = true
      progressDue = after(interval)
      return event(about: told)
    }
    while true {
      guard let status = try await ask(until: min(progressDue, heartbeatDue)) else { return isOver ? nil : deleted() }
      if status.view.state != told.view.state { return event(about: status) }
      let now = time.uptimeNanoseconds()
      if now >= progressDue {
        progressDue = after(interval)
        if status.view.progress != told.view.progress { return event("progress", about: status) }
      }
      if now >= heartbeatDue { return written(":\n\n") }
    }
  }

  /// The client has gone.
  func hangUp() {
    isOver = true
    question.fire()
  }

  /// The task's status once its state has changed, or when the time has come; nil once there is no such task, or the client has gone.
  private func ask(until deadline: UInt64) async throws -> TaskStatus? {
    question = Disconnection()
    let now = time.uptimeNanoseconds()
    let wait = TimeValue(nanoseconds: Int64(clamping: deadline > now ? deadline - now : 0))
    do {
      return try await tasks.status(id, language: language, for: principal, since: told.view.state, wait: wait, disconnection: question)
    } catch let error as APIError where error.status == 404 || error.type == APIError.taskCancelled("").type {
      return nil
    }
  }

  private func event(about status: TaskStatus) -> [UInt8] {
    guard !status.view.isRunning else { return event("state", about: status) }
    isOver = true
    guard let failure = status.failure else { return event(status.wasStopped ? "stopped" : "completed", about: status) }
    var body = status.json
    body.append("error", failure.envelope["error"] ?? .null)
    return event("failed", body)
  }

  /// Whoever deletes a task does so before it expires, so the time tells the one from the other.
  private func deleted() -> [UInt8] {
    isOver = true
    let reason = told.view.expires <= time.now() ? "expired" : "deleted"
    return event("deleted", ["id": .string(id.encoded), "is_running": false, "reason": .string(reason)])
  }

  private func event(_ name: String, about status: TaskStatus) -> [UInt8] {
    told = status
    return event(name, status.json)
  }

  private func event(_ name: String, _ data: JSONObject) -> [UInt8] {
    written("event: \(name)\ndata: \(JSONValue.object(data).text())\n\n")
  }

  private func written(_ text: String) -> [UInt8] {
    heartbeatDue = after(Self.heartbeat)
    return Array(text.utf8)
  }

  private func after(_ value: TimeValue) -> UInt64 {
    Moment(wall: time.now(), uptimeNanoseconds: time.uptimeNanoseconds()).uptime(after: value)
  }
}

extension AsyncQueryEndpoints {
  /// Tells what happens to a task as it happens. Path parameter: `id`. Query parameter: `interval`, the time between two `progress` events.
  public func events(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let id = try id(of: request)
    let interval = try StatusEvents.interval(of: request)
    let first = try await session.service.tasks.status(id, language: Language.name, for: session.principal)
    let stream = ChunkStream {
      let events = StatusEvents(of: first, id, language: Language.name, every: interval, for: session)
      let spawner = session.service.environment.spawner
      request.disconnection.onDisconnect { spawner.spawn { await events.hangUp() } }
      return { try await events.next() }
    }
    // Of events, nobody can tell in advance how long they are.
    let body: EndpointResponse.Body = request.method == .head ? .none : .stream(stream)
    return EndpointResponse(headers: ["Content-Type": "text/event-stream", "Cache-Control": "no-store"], body: body)
  }

  /// The route of ``events(_:_:)`` at a path with an `{id}`.
  public func eventsRoute(_ path: String) -> Route { Self.eventsRoute(path) { _ in self } }

  /// The same for a dialect that heeds settings: `endpoints` gives it as it is when a request comes.
  public static func eventsRoute(_ path: String, _ endpoints: @escaping @Sendable (Session) -> AsyncQueryEndpoints) -> Route {
    Route(
      .get, path, summary: "Tells what happens to a task as server-sent events: state, progress, and how it ends.",
      parameters: ["interval"],
      privilege: .owner("cluster:monitor/async_search/status")
    ) { request, session in try await endpoints(session).events(request, session) }
  }

  /// The route of ``status(_:_:)`` at a path with an `{id}`.
  public func statusRoute(_ path: String) -> Route { Self.statusRoute(path) { _ in self } }

  /// The same for a dialect that heeds settings: `endpoints` gives it as it is when a request comes.
  public static func statusRoute(_ path: String, _ endpoints: @escaping @Sendable (Session) -> AsyncQueryEndpoints) -> Route {
    Route(
      .get, path, summary: "Says how far a task is, without its result.", parameters: ["keep_alive"],
      privilege: .owner("cluster:monitor/async_search/status", orHolderOf: .monitor)
    ) { request, session in
      try await endpoints(session).status(request, session)
    }.brief
  }
}
