extension Service {
  /// How a stored request is run again: prepared anew, since neither plans nor privileges are stored, and run.
  func work(of record: TaskRecord) -> (Session, TaskSubmission.Work) {
    let session = Session(service: self, principal: record.principal)
    guard let language = language(named: record.language) else {
      return (session, { _ in throw APIError.internalFailure("the query language [\(record.language)] is not part of this server") })
    }
    return (session, Self.work(of: record, in: language))
  }

  private static func work<Language: QueryLanguage>(of record: TaskRecord, in language: Language) -> TaskSubmission.Work {
    let request = EndpointRequest(stored: record.request, principal: record.principal)
    return { context in
      let service = context.session.service
      guard record.principal != nil || !service.isSecured else {
        throw APIError(
          type: APIError.securityType, reason: "the query was submitted with security off, and is not run again with security on",
          status: 403)
      }
      let session = try await Session(service: service, authorizing: record.principal, for: .query)
      let query = try await language.prepare(request, for: session)
      return try await language.run(query, in: context.with(session))
    }
  }
}

extension EndpointRequest {
  /// The request that a task was submitted with, without its headers.
  init(stored: StoredRequest, principal: Principal?) {
    self.init(
      method: stored.method, path: stored.path, parameters: stored.parameters, body: ChunkStream([stored.body]), principal: principal)
    pathParameters = stored.pathParameters
  }
}
