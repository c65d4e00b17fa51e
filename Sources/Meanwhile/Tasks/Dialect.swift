/// How one API speaks about tasks: its defaults and limits as data, and three functions that render.
///
/// There is one manager; there are as many dialects as APIs. The shipped ones: ES|QL, EQL, async search, OpenSearch, and ``standard`` for languages of one's own.
public struct Dialect<Language: QueryLanguage>: Sendable {
  /// In records and listings, such as `esql` or `opensearch`.
  public var name: String
  /// The action that listings show for a running task, such as `indices:data/read/esql[a]`, where `[a]` marks the asynchronous form.
  public var action: String
  /// The action that listings show for a synchronous query.
  public var synchronousAction: String
  public var timing: DialectTiming
  /// Whether responses carry `X-Elasticsearch-Async-Id` and `X-Elasticsearch-Async-Is-Running`.
  public var sendsAsyncHeaders: Bool
  /// How many of this dialect's queries may be queued or running at once, beside the service's own limits, with the error for one more.
  public var concurrency: ConcurrencyLimit?
  /// How large a result may be that is kept. One that nobody keeps may have any size.
  public var resultLimit: ResultLimit?
  /// Whether an id that cannot be read is answered like one that never was (404), instead of as a bad request (400).
  public var malformedIDIsNotFound = false
  /// Whether a failure within the submit's wait is kept when the client asked to keep the result.
  public var keepsFailures = true
  /// Whether a response about a task that runs shows what it has so far. The default says yes.
  public var showsPartial: @Sendable (EndpointRequest) throws -> Bool = { _ in true }
  /// Finds wait, keep-alive and keep-on-completion in a request. The default reads URL parameters.
  public var options: @Sendable (Language.Query, EndpointRequest, DialectTiming) throws -> SubmissionOptions
  /// The body while a task runs, or what it has so far.
  public var renderRunning: @Sendable (TaskView, Language.Output?, EndpointRequest) throws -> EndpointResponse
  /// The body of a finished task; also of a synchronous query, whose view has no id.
  public var renderFinished: @Sendable (TaskView, Language.Output, EndpointRequest) throws -> EndpointResponse
  /// The response to a failure of the task itself (not of the request about it). The view has an id only if the failure is kept.
  public var renderFailure: @Sendable (APIError, TaskView, EndpointRequest) -> EndpointResponse

  public init(
    name: String, action: String, timing: DialectTiming = DialectTiming(), sendsAsyncHeaders: Bool = true,
    options: @escaping @Sendable (Language.Query, EndpointRequest, DialectTiming) throws -> SubmissionOptions = {
      try SubmissionOptions(parametersOf: $1, timing: $2)
    },
    renderRunning: @escaping @Sendable (TaskView, Language.Output?, EndpointRequest) throws -> EndpointResponse,
    renderFinished: @escaping @Sendable (TaskView, Language.Output, EndpointRequest) throws -> EndpointResponse,
    renderFailure: @escaping @Sendable (APIError, TaskView, EndpointRequest) -> EndpointResponse = { error, _, _ in EndpointResponse(error)
    }
  ) {
    self.name = name
    self.action = action
    synchronousAction = action.hasSuffix("[a]") ? String(action.dropLast(3)) : action
    self.timing = timing
    self.sendsAsyncHeaders = sendsAsyncHeaders
    self.options = options
    self.renderRunning = renderRunning
    self.renderFinished = renderFinished
    self.renderFailure = renderFailure
  }
}

/// How many queries may be queued or running at once.
public struct ConcurrencyLimit: Sendable {
  public var limit: Int
  public var error: APIError

  public init(limit: Int, error: APIError) {
    self.limit = limit
    self.error = error
  }
}

/// How many bytes a kept result may have: see ``QueryOutput/byteCount``.
public struct ResultLimit: Sendable {
  public var bytesMax: Int
  /// What a task fails with whose result is longer.
  public var error: APIError

  public init(bytesMax: Int, error: APIError) {
    self.bytesMax = bytesMax
    self.error = error
  }
}

/// A dialect's defaults and limits.
public struct DialectTiming: Sendable {
  /// How long a submit waits when it does not say.
  public var submitWait: TimeValue = .seconds(1)
  /// How long a get waits when it does not say; nil means until the task is done.
  public var getWait: TimeValue?
  /// The longest wait that may be asked for, with the error for a longer one.
  public var waitMax: Bound?
  public var keepAlive: TimeValue = .days(5)
  /// The shortest keep-alive at submit, with the problem that a shorter one is reported as.
  public var keepAliveMin: Bound?
  public var keepAliveMax: Bound?
  /// How long a query may run before it is cancelled; nil: as long as it is kept.
  public var runMax: TimeValue?

  /// A limit of a time value, and the error for one beyond it.
  public struct Bound: Sendable {
    public var limit: TimeValue
    public var error: @Sendable (TimeValue) -> APIError

    public init(_ limit: TimeValue, error: @escaping @Sendable (TimeValue) -> APIError) {
      self.limit = limit
      self.error = error
    }
  }

  public init() {}
}

/// What a client asks of a submit.
public struct SubmissionOptions: Sendable {
  /// How long to wait for completion; nil: until it is done.
  public var wait: TimeValue?
  public var keepAlive: TimeValue
  public var keepOnCompletion: Bool

  public init(wait: TimeValue?, keepAlive: TimeValue, keepOnCompletion: Bool) {
    self.wait = wait
    self.keepAlive = keepAlive
    self.keepOnCompletion = keepOnCompletion
  }
}

/// What a response may say about a task.
public struct TaskView: Sendable {
  /// Present when the id answers later: the task still runs, or something is kept.
  public var id: TaskID?
  public var state: TaskState
  public var submitted: Timestamp
  public var completed: Timestamp?
  public var expires: Timestamp
  /// Since submission: until completion, or until now.
  public var elapsed: TimeValue
  public var progress: QueryProgress.Reading
  public var description: String
  /// False for a synchronous call, which says nothing about tasks.
  public var isAsynchronous: Bool
  /// When this response was made.
  public var now: Timestamp

  public init(
    id: TaskID?, state: TaskState, submitted: Timestamp, completed: Timestamp?, expires: Timestamp, elapsed: TimeValue,
    progress: QueryProgress.Reading, description: String, isAsynchronous: Bool, now: Timestamp
  ) {
    self.id = id
    self.state = state
    self.submitted = submitted
    self.completed = completed
    self.expires = expires
    self.elapsed = elapsed
    self.progress = progress
    self.description = description
    self.isAsynchronous = isAsynchronous
    self.now = now
  }

  public var isRunning: Bool { !state.isFinished }
}
