/// A language's asynchronous life over endpoints, in one dialect: the handlers that its routes call.
public struct AsyncQueryEndpoints<Language: QueryLanguage>: Sendable {
  public let language: Language
  public let dialect: Dialect<Language>

  public init(language: Language, dialect: Dialect<Language>) {
    self.language = language
    self.dialect = dialect
  }

  /// Runs a query for a client that waits to the end. Nothing is kept; the client's going cancels it.
  public func runSynchronously(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    throw APIError.internalFailure("todo")
  }

  /// Submits a query, waits as long as the client asked, and answers with its result or with its id.
  public func submit(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    throw APIError.internalFailure("todo")
  }

  /// Answers with a task's result, or with its state if it is not done in time. Path parameter: `id`.
  public func get(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    throw APIError.internalFailure("todo")
  }

  /// Tells a running task to finish early, and answers with its result.
  public func stop(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    throw APIError.internalFailure("todo")
  }

  /// Cancels a task if it runs, and removes what is kept.
  public func delete(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    throw APIError.internalFailure("todo")
  }

  /// Finds a task for a status response of the dialect's own.
  public func view(_ request: EndpointRequest, _ session: Session) async throws -> (view: TaskView, failure: APIError?, isPartial: Bool) {
    throw APIError.internalFailure("todo")
  }

  /// `POST /_{name}`, `POST /_{name}/async`, `GET`, `DELETE /_{name}/async/{id}`, `GET …/status`, `POST …/stop`.
  public func standardRoutes() -> [Route] { [] }
}

extension Dialect where Language.Output: JSONRenderable {
  /// The dialect of a language that has none of its own.
  public static var standard: Dialect<Language> {
    Dialect(name: Language.name, action: "query/" + Language.name) { _, _, _ in
      throw APIError.internalFailure("todo")
    } renderFinished: { _, _, _ in
      throw APIError.internalFailure("todo")
    }
  }
}

extension SubmissionOptions {
  /// Reads `wait_for_completion_timeout`, `keep_alive` and `keep_on_completion` from URL parameters, within a dialect's limits.
  public init(parametersOf request: EndpointRequest, timing: DialectTiming) throws {
    throw APIError.internalFailure("todo")
  }
}
