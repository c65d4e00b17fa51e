import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// Gathers the data of an enrich policy: a new hidden index with the match field and the fields to add, of each document that the policy means.
struct EnrichExecution: Sendable {
  private let source: EnrichSource
  private let session: Session
  private let store: any IndexStore

  init(_ source: EnrichSource, session: Session) throws {
    self.source = source
    self.session = session
    store = try session.indexStore()
  }

  /// - Returns: the name of the index, which nothing reads yet.
  func run() async throws -> String {
    let policy = source.policy
    let environment = session.service.environment
    let name = policy.enrichIndexName(at: environment.time.now())
    let rows = EnrichRows(policy, bounds: RangeBounds(try source.matchField()))
    let definition = IndexDefinition(
      name: name, uuid: DocumentID.makeIndexUUID(environment.random), created: environment.time.now(), mapping: try source.enrichMapping(),
      settings: ["hidden": true, "number_of_shards": "1", "number_of_replicas": "0"])
    let query = try policy.query.map { query throws(APIError) in try SearchQuery(parsing: .object(query)) }
    let snapshots = try await store.snapshots(of: source.targets, now: environment.time.now())
    let selection = try await DocumentSelection(query, in: snapshots, session: session)
    // Reading the sources takes being allowed to; the index that is made of them is the server's.
    let store = store.system
    try await store.createIndex(definition)
    do {
      for batch in selection.batches {
        let writes = try selection.documents(batch).flatMap { try rows.writes(of: $0.source) }
        for result in try await store.write(writes, to: name) {
          if case .failed(let error) = result.outcome {
            throw APIError(type: "exception", reason: "Encountered bulk failures during reindex process", status: 500, causedBy: error)
          }
        }
      }
      try await store.refresh(name)
    } catch {
      try? await store.deleteIndex(name)
      throw error
    }
    return name
  }
}

/// Makes the documents of an enrich index of those of its source.
struct EnrichRows: Sendable {
  private let policy: EnrichPolicy
  private let bounds: RangeBounds?

  init(_ policy: EnrichPolicy, bounds: RangeBounds?) {
    self.policy = policy
    self.bounds = bounds
  }

  /// One document, or for a range field with several values one a value, so that the ends of each stay together; none where there is nothing to match.
  func writes(of source: [UInt8]) throws -> [DocumentWrite] {
    guard case .object(let document) = try JSONValue.parse(source) else { return [] }
    let match = document.values(at: policy.matchField).filter { !$0.isNull }
    guard !match.isEmpty else { return [] }
    var added = JSONObject()
    for path in policy.enrichFields where path != policy.matchField {
      let values = document.values(at: path)
      if !values.isEmpty { added[path] = values.count == 1 ? values[0] : .array(values) }
    }
    return try rows(match, added).map { DocumentWrite(operation: .index, id: nil, source: JSONValue.object($0).encoded()) }
  }

  private func rows(_ match: [JSONValue], _ added: JSONObject) throws(APIError) -> [JSONObject] {
    var rows: [JSONObject] = []
    switch policy.kind {
    case .match:
      var row = added
      row[policy.matchColumn] = .array(match)
      rows.append(row)
    case .range:
      for value in match {
        guard let (lower, upper) = try bounds?.ends(of: value) else { continue }
        var row = added
        row[policy.lowerColumn] = lower
        row[policy.upperColumn] = upper
        rows.append(row)
      }
    }
    return rows
  }
}

extension JSONObject {
  /// The values of a field by its dotted path, through objects, dotted names and arrays.
  func values(at path: String) -> [JSONValue] {
    var found: [JSONValue] = []
    for member in members {
      if member.name == path {
        found += member.value.array ?? [member.value]
      } else if path.hasPrefix(member.name + ".") {
        let rest = String(path.dropFirst(member.name.count + 1))
        for value in member.value.array ?? [member.value] { found += value.object?.values(at: rest) ?? [] }
      }
    }
    return found
  }
}
