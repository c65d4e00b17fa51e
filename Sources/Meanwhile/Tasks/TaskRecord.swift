/// All that is durably known of a task, but for its result.
public struct TaskRecord: Sendable, Hashable {
  /// What is known from the submission on.
  private var submission: Submission
  public var state: TaskState
  public var submitted: Timestamp
  /// When it began to run; nil while queued.
  public var started: Timestamp?
  public var completed: Timestamp?
  /// When it is gone.
  public var expires: Timestamp
  /// Whether the client asked to keep the result even when it was done in time.
  public var keepOnCompletion: Bool
  /// How long one run may take; nil: as long as the task is kept.
  public var runMax: TimeValue?
  /// How often it was started, first run included.
  public var attempts: Int
  /// Why it failed; set in state `failed`.
  public var failure: APIError?
  /// Whether the kept result is partial.
  public var isPartial: Bool
  /// Whether it is so because the query was told to finish early.
  public var wasStopped = false
  /// How far the run had come at its end.
  public var progress = QueryProgress.Reading()

  public init(
    id: TaskID, language: String, dialect: String, action: String? = nil, principal: Principal? = nil, request: StoredRequest,
    description: String, opaqueID: String? = nil, state: TaskState = .queued, submitted: Timestamp, expires: Timestamp,
    keepOnCompletion: Bool
  ) {
    submission = Submission(
      Submission.Content(
        id: id, language: language, dialect: dialect, action: action ?? dialect, owner: principal?.owner, principal: principal,
        request: request, description: description, opaqueID: opaqueID))
    self.state = state
    self.submitted = submitted
    self.expires = expires
    self.keepOnCompletion = keepOnCompletion
    self.attempts = 0
    self.isPartial = false
  }
}

// MARK: - What is known from the submission on

extension TaskRecord {
  /// Shared by all copies of a record: at each step of a task's life its record is copied, and this is most of it.
  private final class Submission: Sendable, Hashable {
    struct Content: Sendable, Hashable {
      var id: TaskID
      var language: String
      var dialect: String
      var action: String
      var owner: String?
      var principal: Principal?
      var request: StoredRequest
      var description: String
      var opaqueID: String?
    }

    let content: Content

    init(_ content: Content) { self.content = content }

    static func == (left: Submission, right: Submission) -> Bool { left === right || left.content == right.content }

    func hash(into hasher: inout Hasher) { hasher.combine(content) }
  }

  public var id: TaskID { submission.content.id }

  /// The language's name.
  public var language: String { submission.content.language }

  /// The dialect's name: how the API that submitted it speaks about tasks.
  public var dialect: String { submission.content.dialect }

  /// What listings show it as, such as `indices:data/read/esql[a]`.
  public var action: String { submission.content.action }

  /// Whose it is (``Principal/owner``); nil when it was submitted with security off.
  public var owner: String? {
    get { submission.content.owner }
    set {
      var content = submission.content
      content.owner = newValue
      submission = Submission(content)
    }
  }

  /// The principal, to run the request again after a crash with privileges checked again; never a header.
  public var principal: Principal? { submission.content.principal }

  /// The request to run again after a crash.
  public var request: StoredRequest { submission.content.request }

  /// What listings show.
  public var description: String { submission.content.description }

  /// The client's `X-Opaque-Id`.
  public var opaqueID: String? { submission.content.opaqueID }
}

/// A request without what belongs to its connection: what a task is run again from.
public struct StoredRequest: Sendable, Hashable {
  public var method: EndpointRequest.Method
  public var path: String
  public var parameters: Parameters
  public var pathParameters: [String: String]
  public var body: [UInt8]

  public init(method: EndpointRequest.Method, path: String, parameters: Parameters, pathParameters: [String: String], body: [UInt8]) {
    self.method = method
    self.path = path
    self.parameters = parameters
    self.pathParameters = pathParameters
    self.body = body
  }
}
