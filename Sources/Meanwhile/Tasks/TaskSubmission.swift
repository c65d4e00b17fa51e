/// A prepared query, ready to run, as a client hands it to the manager.
public struct TaskSubmission: Sendable {
  /// Runs the query: see ``QueryLanguage/run(_:in:)``.
  public typealias Work = @Sendable (QueryContext) async throws -> any QueryOutput

  /// The language's name.
  public var language: String
  /// The dialect's name.
  public var dialect: String
  /// What listings show it as, such as `indices:data/read/esql[a]`.
  public var action: String
  public var session: Session
  /// What the query is run again from after a crash.
  public var request: StoredRequest
  /// What listings show of the query itself.
  public var description: String
  /// The client's `X-Opaque-Id`.
  public var opaqueID: String?
  /// Nil for a synchronous call: it waits to the end, nothing is kept, and no id is given out.
  public var options: SubmissionOptions?
  /// Whether a failure in time is kept where an output would be.
  public var keepsFailures = true
  public var concurrency: ConcurrencyLimit?
  /// How long the query may run; nil: as long as it is kept.
  public var runMax: TimeValue?
  /// What it has in common with queries that it may share a run with: see ``QueryLanguage/flightKey(of:_:)``. Nil: it runs alone.
  public var flightKey: String?
  public var resultLimit: ResultLimit?
  /// See ``QueryLanguage/isBrief(_:)``.
  public var isBrief = false
  public var work: Work

  public init(
    language: String, dialect: String, action: String, session: Session, request: StoredRequest, description: String,
    opaqueID: String? = nil,
    options: SubmissionOptions?, work: @escaping Work
  ) {
    self.language = language
    self.dialect = dialect
    self.action = action
    self.session = session
    self.request = request
    self.description = description
    self.opaqueID = opaqueID
    self.options = options
    self.work = work
  }
}
