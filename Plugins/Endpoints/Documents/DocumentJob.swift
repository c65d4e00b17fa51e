import Meanwhile
import MeanwhileData

/// What may take long and is no query: a client waits for it, or asks with `wait_for_completion=false` for a task that does it.
public struct DocumentJob: Sendable {
  enum Work: Sendable {
    case byQuery(ByQueryRun, on: [IndexResolver.Target])
    case merge([IndexDefinition])
  }

  let work: Work

  /// - Returns: the answer's body, and its status.
  func run(_ session: Session, _ signals: QuerySignals) async throws -> (body: JSONObject, status: Int) {
    switch work {
    case .byQuery(let run, let targets): return try await run.run(on: targets, signals)
    case .merge(let indices): return (try await DocumentEndpoints.refresh(indices, session, signals), 200)
    }
  }
}

/// A job that is put off is a task like any query's: listed, cancelled and kept like one, and after a crash done again, which does no harm.
extension DocumentEndpoints: QueryLanguage {
  public static let name = "documents"

  /// How long the outcome of a job is kept, for `GET /_tasks/{task}`.
  private static let keepAlive = TimeValue.days(5)

  public func prepare(_ request: EndpointRequest, for session: Session) async throws -> DocumentJob {
    let operation = request.path.split(separator: "/").last
    if operation == "_forcemerge" { return DocumentJob(work: .merge(try await selected(request, session).map(\.definition))) }
    let body = try await request.jsonObject() ?? JSONObject()
    let isDelete = operation == "_delete_by_query"
    if isDelete, body["query"] == nil { throw APIError.validation(["query is missing"]) }
    let targets = try await session.indexStore().resolver().targets(
      of: request.indexExpression, options: IndexResolver.Options(request.parameters))
    return DocumentJob(work: .byQuery(try ByQueryRun(isDelete ? .delete : .index, body, request, session), on: targets))
  }

  public func run(_ job: DocumentJob, in context: QueryContext) async throws -> JSONOutput {
    JSONOutput(try await job.run(context.session, context.signals).body)
  }

  @Sendable func runJob(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    var request = request
    request.body = ChunkStream([try await request.body.collect(bytesMax: EndpointRequest.bodyBytesMax)])
    let job = try await prepare(request, for: session)
    guard try request.parameters.bool("wait_for_completion") ?? true else { return try await putOff(job, request, session) }
    let answer = try await job.run(session, QuerySignals())
    return .json(.object(answer.body), status: answer.status)
  }

  private func putOff(_ job: DocumentJob, _ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let stored = StoredRequest(
      method: request.method, path: request.path, parameters: request.parameters, pathParameters: request.pathParameters,
      body: try await request.body.collect(bytesMax: .max))
    let submission = TaskSubmission(
      language: Self.name, dialect: Self.name, action: job.action, session: session, request: stored, description: request.path,
      opaqueID: request.headers["X-Opaque-Id"],
      options: SubmissionOptions(wait: .zero, keepAlive: Self.keepAlive, keepOnCompletion: true)
    ) { context in
      try await self.run(job, in: context)
    }
    guard let id = try await session.service.tasks.submit(submission).view.id else {
      throw APIError.internalFailure("a task was taken on without an id")
    }
    return .json(["task": .string(id.task)])
  }
}

extension DocumentJob {
  fileprivate var action: String {
    switch work {
    case .byQuery(let run, _): run.isDelete ? "indices:data/write/delete/byquery" : "indices:data/write/update/byquery"
    case .merge: "indices:admin/forcemerge"
    }
  }
}
