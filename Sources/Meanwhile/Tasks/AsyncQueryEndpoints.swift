/// A language's asynchronous life over endpoints, in one dialect: the handlers that its routes call.
///
/// The handlers speak to the manager; what the dialect's API says, and when, is the dialect's.
public struct AsyncQueryEndpoints<Language: QueryLanguage>: Sendable {
  public let language: Language
  public let dialect: Dialect<Language>

  public init(language: Language, dialect: Dialect<Language>) {
    self.language = language
    self.dialect = dialect
  }

  /// Runs a query for a client that waits to the end. Nothing is kept; the client's going cancels it.
  public func runSynchronously(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let request = try await whole(request, session)
    var phases = Phases(session.service.environment.time)
    let query = try await language.prepare(request, for: session)
    phases.end("prepare")
    let submission = try await submission(of: query, request, session, options: nil)
    let reply = try await session.service.tasks.submit(submission, disconnection: request.disconnection)
    phases.end("run")
    switch reply {
    case .finished(let view, let result):
      return phases.told(in: try dialect.renderFinished(view, await result.read(as: Language.Output.self), request))
    case .failed(_, let error): throw error
    case .running: throw APIError.internalFailure("a synchronous query was answered before its end")
    }
  }

  /// Submits a query, waits as long as the client asked, and answers with its result or with its id.
  public func submit(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let request = try await whole(request, session)
    var phases = Phases(session.service.environment.time)
    let query = try await language.prepare(request, for: session)
    phases.end("prepare")
    let options = try dialect.options(query, request, dialect.timing)
    try dialect.timing.check(options)
    let submission = try await submission(of: query, request, session, options: options)
    let reply = try await session.service.tasks.submit(submission, disconnection: request.disconnection)
    phases.end("run")
    return phases.told(in: try await respond(reply, request))
  }

  /// Answers with a task's result, or with its state if it is not done in time. Path parameter: `id`. Query parameters:
  /// `wait_for_completion_timeout`, `keep_alive`, and `partial_results`, which asks for what there is now.
  public func get(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let id = try id(of: request)
    let wait = try request.parameters.time("wait_for_completion_timeout")
    if let wait { try dialect.timing.check(wait: wait) }
    let reply = try await session.service.tasks.get(
      id, language: Language.name, for: session.principal, wait: try wait ?? defaultWait(of: request, session),
      keepAlive: try keepAlive(of: request), disconnection: request.disconnection)
    return try await respond(reply, request)
  }

  /// Tells a running task to finish early, and answers with its result.
  public func stop(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let reply = try await session.service.tasks.stop(
      id(of: request), language: Language.name, for: session.principal, disconnection: request.disconnection)
    return try await respond(reply, request)
  }

  /// Cancels a task if it runs, and removes what is kept. Takes an id of any language's, as ids are one space.
  public func delete(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try await session.service.tasks.delete(id(of: request), for: session.principal, isPrivileged: session.holds(.cancelTask))
    return .json(["acknowledged": true])
  }

  /// Says how far a task is, without its result. A `keep_alive` parameter sets the expiry.
  public func status(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    .json(.object(try await findStatus(request, session).json))
  }

  /// Finds a task's status, for a response of the dialect's own. A `keep_alive` parameter sets the expiry.
  public func findStatus(_ request: EndpointRequest, _ session: Session) async throws -> TaskStatus {
    try await session.service.tasks.status(
      id(of: request), language: Language.name, for: session.principal, isPrivileged: session.holds(.monitor),
      keepAlive: keepAlive(of: request))
  }
}

// MARK: - From a request

extension AsyncQueryEndpoints {
  /// The request with its body read once and whole, so that it can be read again.
  private func whole(_ request: EndpointRequest, _ session: Session) async throws -> EndpointRequest {
    var request = request
    request.body = ChunkStream([try await request.body.collect(bytesMax: session.service.configuration.limits.bodyBytesMax)])
    return request
  }

  private func submission(
    of query: Language.Query, _ request: EndpointRequest, _ session: Session, options: SubmissionOptions?
  ) async throws -> TaskSubmission {
    let stored = StoredRequest(
      method: request.method, path: request.path, parameters: request.parameters, pathParameters: request.pathParameters,
      body: try await request.body.collect(bytesMax: .max))
    var submission = TaskSubmission(
      language: Language.name, dialect: dialect.name, action: options == nil ? dialect.synchronousAction : dialect.action, session: session,
      request: stored, description: language.describe(query, request), opaqueID: request.headers["X-Opaque-Id"], options: options
    ) { [language] context in
      try await language.run(query, in: context)
    }
    submission.isBrief = language.isBrief(query)
    submission.resultLimit = options == nil ? nil : dialect.resultLimit
    submission.keepsFailures = dialect.keepsFailures
    submission.concurrency = options == nil ? nil : dialect.concurrency
    if session.service.settings[ServiceSettings.singleFlight] { submission.flightKey = try await language.flightKey(of: query, request) }
    submission.runMax = options == nil ? nil : dialect.timing.runMax
    return submission
  }

  func id(of request: EndpointRequest) throws(APIError) -> TaskID {
    let given = request.pathParameters["id"] ?? ""
    do {
      return try TaskID(parsing: given)
    } catch {
      throw dialect.malformedIDIsNotFound ? .resourceNotFound(given) : error
    }
  }

  private func keepAlive(of request: EndpointRequest) throws(APIError) -> TimeValue? {
    let keepAlive = try request.parameters.time("keep_alive")
    if let keepAlive, let max = dialect.timing.keepAliveMax, keepAlive > max.limit { throw max.error(keepAlive) }
    return keepAlive
  }

  private func defaultWait(of request: EndpointRequest, _ session: Session) throws(APIError) -> TimeValue? {
    if try request.parameters.bool("partial_results") == true { return .zero }
    return dialect.timing.getWait ?? (session.service.settings[ServiceSettings.getWaitDefault] == .now ? .zero : nil)
  }
}

// MARK: - To a response

extension AsyncQueryEndpoints {
  /// What a task that runs has so far, made only if this response is to show it.
  private func show(_ partial: PartialOutput?, _ request: EndpointRequest) async throws -> Language.Output? {
    guard let partial, try dialect.showsPartial(request) else { return nil }
    await Task.yield()  // Making it may take a while, and this may be a thread that sockets wait for.
    return await partial.current() as? Language.Output
  }

  private func respond(_ reply: TaskReply, _ request: EndpointRequest) async throws -> EndpointResponse {
    var response: EndpointResponse
    switch reply {
    case .failed(let view, let error): return dialect.renderFailure(error, view, request)
    case .running(let view, let partial):
      response = try dialect.renderRunning(view, try await show(partial, request), request)
    case .finished(let view, let result):
      response = try dialect.renderFinished(view, await result.read(as: Language.Output.self), request)
    }
    guard dialect.sendsAsyncHeaders else { return response }
    if let id = reply.view.id { response.headers["X-Elasticsearch-Async-Id"] = id.encoded }
    response.headers["X-Elasticsearch-Async-Is-Running"] = reply.view.isRunning ? "?1" : "?0"
    return response
  }
}

/// How long the phases of an answer take, for its `Server-Timing` header.
private struct Phases {
  private let time: any TimeSource
  private var began: UInt64
  private var headers = Headers()

  init(_ time: any TimeSource) {
    self.time = time
    began = time.uptimeNanoseconds()
  }

  mutating func end(_ phase: String) {
    let now = time.uptimeNanoseconds()
    headers.addTiming(phase, nanoseconds: now - began)
    began = now
  }

  func told(in response: EndpointResponse) -> EndpointResponse {
    var response = response
    response.headers["Server-Timing"] = headers["Server-Timing"]
    return response
  }
}
