import Meanwhile
import MeanwhileData

extension DocumentEndpoints {
  @Sendable func writeDocument(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let operation: DocumentWrite.Operation
    switch request.parameters["op_type"] {
    case nil, "index": operation = .index
    case "create": operation = .create
    case .some(let other): throw APIError.illegalArgument("opType must be 'create' or 'index', found: [\(other)]")
    }
    return try await write(operation, request, session)
  }

  @Sendable func createDocument(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try await write(.create, request, session)
  }

  @Sendable func deleteDocument(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try await write(.delete, request, session)
  }

  private func write(_ operation: DocumentWrite.Operation, _ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse
  {
    let source = try await request.body.collect(bytesMax: EndpointRequest.bodyBytesMax)
    let write = DocumentWrite(
      operation: operation, id: request.pathParameters["id"], source: source, ifSequenceNumber: try Self.expectedSequenceNumber(request))
    return try await perform(write, request, session)
  }

  /// `if_seq_no`, which comes with `if_primary_term`; this server's term is always 1.
  private static func expectedSequenceNumber(_ request: EndpointRequest) throws -> Int64? {
    let number = try request.parameters.int("if_seq_no")
    let term = try request.parameters.int("if_primary_term")
    guard number != nil || term != nil else { return nil }
    guard let number else { throw APIError.validation(["ifSeqNo is unassigned, but primary term is [\(term ?? 0)]"]) }
    guard let term else { throw APIError.validation(["ifSeqNo is set, but primary term is [0]"]) }
    return term == 1 ? Int64(number) : -1
  }

  private func perform(_ write: DocumentWrite, _ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let policy = try RefreshPolicy(request.parameters)
    let target = try await WriteTarget(request.indexExpression, session: session, mayCreate: write.operation != .delete)
    let store = try session.indexStore()
    guard let result = try await store.write([write], to: target.name).first else {
      throw APIError.internalFailure("the store wrote nothing")
    }
    if policy != .no { try await store.refresh(target.name) }
    return try Self.answer(result, target: target, isRefreshed: policy == .now)
  }

  static func answer(_ result: DocumentWriteResult, target: WriteTarget, isRefreshed: Bool) throws -> EndpointResponse {
    let outcome: (word: JSONValue, status: Int)
    switch result.outcome {
    case .created: outcome = ("created", 201)
    case .updated: outcome = ("updated", 200)
    case .deleted: outcome = ("deleted", 200)
    case .notFound: outcome = ("not_found", 404)
    case .failed(let error): throw error
    }
    var body: JSONObject = [
      "_index": .string(target.name), "_id": .string(result.id), "_version": .integer(result.version), "result": outcome.word,
    ]
    if isRefreshed { body.append("forced_refresh", true) }
    body.append("_shards", target.shards)
    body.append("_seq_no", .integer(result.sequenceNumber))
    body.append("_primary_term", 1)
    var headers = Headers()
    if outcome.status == 201 {
      headers["Location"] = "/\(PercentEncoding.encode(target.name))/_doc/\(PercentEncoding.encode(result.id))"
    }
    return .json(.object(body), status: outcome.status, headers: headers)
  }

  // MARK: Updating

  @Sendable func updateDocument(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    guard let id = request.pathParameters["id"], let body = try await request.jsonObject() else {
      throw APIError(type: "parse_exception", reason: "request body is required", status: 400)
    }
    let update = try DocumentUpdate(body)
    let target = try await WriteTarget(request.indexExpression, session: session, mayCreate: true)
    let policy = try RefreshPolicy(request.parameters)
    let store = try session.indexStore()
    switch try await update.apply(to: id, in: target.name, store: store, retriesMax: try request.parameters.int("retry_on_conflict") ?? 0) {
    case .written(let result):
      if policy != .no { try await store.refresh(target.name) }
      return try Self.answer(result, target: target, isRefreshed: policy == .now)
    case .unchanged(let document):
      return .json([
        "_index": .string(target.name), "_id": .string(id), "_version": .integer(document.version), "result": "noop",
        "_shards": ["total": 0, "successful": 0, "failed": 0], "_seq_no": .integer(document.sequenceNumber), "_primary_term": 1,
      ])
    }
  }

  // MARK: Reading

  @Sendable func getDocument(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let (index, id, document) = try await find(request, session)
    var body: [UInt8] = []
    try Self.append(document, id: id, index: index, SourceFilter(request.parameters), to: &body)
    return .encodedJSON(body, status: document == nil ? 404 : 200)
  }

  /// Appends a document with its metadata, or that it was not found.
  static func append(
    _ document: StoredDocument?, id: String, index: String, _ filter: SourceFilter, to body: inout [UInt8]
  ) throws {
    body.append(contentsOf: "{\"_index\":".utf8)
    JSONText.append(quoting: index, to: &body)
    body.append(contentsOf: ",\"_id\":".utf8)
    JSONText.append(quoting: id, to: &body)
    guard let document else { return body.append(contentsOf: ",\"found\":false}".utf8) }
    body.append(
      contentsOf: ",\"_version\":\(document.version),\"_seq_no\":\(document.sequenceNumber),\"_primary_term\":1,\"found\":true".utf8)
    if let source = try filter.apply(to: document.source) {
      body.append(contentsOf: ",\"_source\":".utf8)
      body.append(contentsOf: source)
    }
    body.append(UInt8(ascii: "}"))
  }

  @Sendable func getSource(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let (index, id, document) = try await find(request, session)
    guard let document, let source = try SourceFilter(request.parameters).apply(to: document.source) else {
      throw APIError.resourceNotFound("Document not found [\(index)]/[\(id)]")
    }
    return .encodedJSON(source)
  }

  private func find(_ request: EndpointRequest, _ session: Session) async throws -> (index: String, id: String, document: StoredDocument?) {
    let store = try session.indexStore()
    let name = try Self.oneIndex(request.indexExpression, try await store.resolver())
    guard let id = request.pathParameters["id"] else { throw APIError.indexNotFound(name) }
    if try request.parameters.bool("refresh") == true { try await store.refresh(name) }
    return (name, id, try await store.document(id, in: name))
  }

  /// The one index that a name means.
  ///
  /// - Throws: `index_not_found_exception` (404), or `illegal_argument_exception` (400) for an alias of several.
  static func oneIndex(_ expression: String, _ resolver: IndexResolver) throws(APIError) -> String {
    let names = try resolver.resolve(expression)
    guard let name = names.first else { throw .indexNotFound(expression) }
    guard names.count == 1 else {
      throw .illegalArgument(
        "alias [\(expression)] has more than one index associated with it [\(names.joined(separator: ", "))], can't execute a single index op"
      )
    }
    return name
  }
}
