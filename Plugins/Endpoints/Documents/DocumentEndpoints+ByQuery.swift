import Meanwhile
import MeanwhileData
import MeanwhileEngine

extension DocumentEndpoints {
  var byQueryRoutes: [Route] {
    let parameters =
      [
        "conflicts", "max_docs", "refresh", "routing", "scroll", "scroll_size", "slices", "requests_per_second", "timeout",
        "wait_for_active_shards", "wait_for_completion",
      ] + IndexResolver.Options.parameterNames
    return [
      Route(
        .post, "/{index}/_delete_by_query", summary: "Deletes the documents that a query means.", parameters: parameters, body: .required,
        privilege: .index(.write, "indices:data/write/delete/byquery"), handler: runJob),
      Route(
        .post, "/{index}/_update_by_query", summary: "Writes the documents that a query means again, under the mapping of now.",
        parameters: parameters + ["pipeline"], body: .optional, privilege: .index(.write, "indices:data/write/update/byquery"),
        handler: runJob),
    ]
  }
}

/// Writes or deletes each document that a query means, unless it has changed since the query saw it.
struct ByQueryRun: Sendable {
  private let operation: DocumentWrite.Operation
  private let query: SearchQuery?
  private let limit: Int?
  /// Whether a document that has changed is passed over rather than the end of the run.
  private let toleratesConflicts: Bool
  private let isRefreshed: Bool
  private let session: Session

  private var done = 0
  private var conflicts = 0
  private var batches = 0
  private var failures: [JSONValue] = []

  init(_ operation: DocumentWrite.Operation, _ body: JSONObject, _ request: EndpointRequest, _ session: Session) throws {
    self.operation = operation
    self.session = session
    for member in body.members {
      switch member.name {
      case "query", "max_docs", "conflicts": break
      case "script": throw APIError.illegalArgument("scripts are not supported")
      default: throw APIError.xContentParse("unknown field [\(member.name)]", at: member.location)
      }
    }
    query = try body["query"].map { query throws(APIError) in try SearchQuery(parsing: query) }
    limit = try request.parameters.int("max_docs") ?? body["max_docs"]?.int.flatMap { Int(exactly: $0) }
    if let limit, limit <= 0 { throw APIError.validation(["[max_docs] should be greater than 0, got [\(limit)]"]) }
    switch request.parameters["conflicts"] ?? body["conflicts"]?.string ?? "abort" {
    case "abort": toleratesConflicts = false
    case "proceed": toleratesConflicts = true
    case let other: throw APIError.illegalArgument("conflicts may only be \"proceed\" or \"abort\" but was [\(other)]")
    }
    isRefreshed = try request.parameters.bool("refresh") ?? false
  }

  var isDelete: Bool { operation == .delete }

  /// - Returns: the answer's body, and its status.
  func run(on targets: [IndexResolver.Target], _ signals: QuerySignals) async throws -> (body: JSONObject, status: Int) {
    var run = self
    let time = session.service.environment.time
    let start = time.uptimeNanoseconds()
    let store = try session.indexStore()
    let snapshots = try await store.snapshots(of: targets, now: session.service.environment.time.now())
    let selection = try await DocumentSelection(query, in: snapshots, limit: limit, session: session)
    for batch in selection.batches where run.failures.isEmpty {
      try signals.check()
      if signals.shouldFinishEarly { break }
      run.batches += 1
      for (index, documents) in Self.byIndex(try selection.documents(batch)) { try await run.write(documents, to: index, store) }
    }
    if isRefreshed { for target in targets { try await store.refresh(target.name) } }
    let took = (time.uptimeNanoseconds() - start) / 1_000_000
    return run.response(total: selection.count, tookMillis: Int64(clamping: took))
  }

  /// Documents of one index stand together.
  private static func byIndex(_ documents: [DocumentSelection.Document]) -> [(String, ArraySlice<DocumentSelection.Document>)] {
    var runs: [(String, ArraySlice<DocumentSelection.Document>)] = []
    var first = 0
    while first < documents.count {
      let index = documents[first].index
      let end = documents[first...].firstIndex { $0.index != index } ?? documents.count
      runs.append((index, documents[first..<end]))
      first = end
    }
    return runs
  }

  private mutating func write(
    _ documents: ArraySlice<DocumentSelection.Document>, to index: String, _ store: any IndexStore
  ) async throws {
    let writes = documents.map {
      DocumentWrite(
        operation: operation, id: $0.id, source: operation == .delete ? [] : $0.source, ifSequenceNumber: $0.sequenceNumber)
    }
    for result in try await store.write(writes, to: index) {
      guard case .failed(let error) = result.outcome else {
        done += 1
        continue
      }
      if error.status == 409 { conflicts += 1 }
      if error.status == 409, toleratesConflicts { continue }
      failures.append([
        "index": .string(index), "id": .string(result.id), "cause": .object(error.object), "status": .integer(Int64(error.status)),
      ])
    }
  }

  private func response(total: Int, tookMillis: Int64) -> (body: JSONObject, status: Int) {
    var body: JSONObject = ["took": .integer(tookMillis), "timed_out": false, "total": .integer(Int64(total))]
    if operation != .delete { body["updated"] = .integer(Int64(done)) }
    body["deleted"] = .integer(Int64(operation == .delete ? done : 0))
    body["batches"] = .integer(Int64(batches))
    body["version_conflicts"] = .integer(Int64(conflicts))
    body["noops"] = 0
    body["retries"] = ["bulk": 0, "search": 0]
    body["throttled_millis"] = 0
    body["requests_per_second"] = -1.0
    body["throttled_until_millis"] = 0
    body["failures"] = .array(failures)
    let status = failures.compactMap { $0["status"]?.int }.max().flatMap { Int(exactly: $0) } ?? 200
    return (body, status)
  }
}
