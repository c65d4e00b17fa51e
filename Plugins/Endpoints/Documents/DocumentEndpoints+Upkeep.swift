import Meanwhile
import MeanwhileData

extension DocumentEndpoints {
  /// Refresh, flush and forced merge: here one thing. A store makes each write durable before it answers, and merges when it refreshes.
  @Sendable func refresh(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    .json(.object(try await Self.refresh(try await selected(request, session).map(\.definition), session, QuerySignals())))
  }

  /// - Returns: the answer's body.
  static func refresh(_ indices: [IndexDefinition], _ session: Session, _ signals: QuerySignals) async throws -> JSONObject {
    for index in indices {
      try signals.check()
      try await session.indexStore().refresh(index.name)
    }
    let shards = indices.reduce(0) { $0 + 1 + IndexSettings.replicas(of: $1) }
    return ["_shards": ["total": .integer(Int64(shards)), "successful": .integer(Int64(indices.count)), "failed": 0]]
  }

  @Sendable func stats(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let indices = try await selected(request, session)
    func sizes(_ indices: [IndexSummary]) -> JSONValue {
      func total(_ size: (IndexSummary) -> Int) -> JSONValue { .integer(Int64(indices.reduce(0) { $0 + size($1) })) }
      return [
        "docs": ["count": total(\.documentCount), "deleted": total(\.deletedCount)],
        "store": ["size_in_bytes": total(\.byteCount), "total_data_set_size_in_bytes": total(\.byteCount), "reserved_in_bytes": 0],
      ]
    }
    var byName = JSONObject()
    for index in indices {
      let own = sizes([index])
      byName.append(index.definition.name, ["uuid": .string(index.definition.uuid), "primaries": own, "total": own])
    }
    let shards = indices.reduce(0) { $0 + 1 + IndexSettings.replicas(of: $1.definition) }
    return .json([
      "_shards": ["total": .integer(Int64(shards)), "successful": .integer(Int64(indices.count)), "failed": 0],
      "_all": ["primaries": sizes(indices), "total": sizes(indices)], "indices": .object(byName),
    ])
  }

  @Sendable func catIndices(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let indices = try await selected(request, session).sorted { $0.definition.name < $1.definition.name }
    let isExact = request.parameters["bytes"] != nil
    let table = CatTable(
      columns: [
        ("health", .left), ("status", .left), ("index", .left), ("uuid", .left), ("pri", .right), ("rep", .right), ("docs.count", .right),
        ("docs.deleted", .right), ("store.size", .right), ("pri.store.size", .right), ("dataset.size", .right),
      ],
      aliases: [
        "i": "index", "idx": "index", "h": "health", "s": "status", "dc": "docs.count", "dd": "docs.deleted", "ss": "store.size",
        "id": "uuid",
      ],
      rows: indices.map { index in
        let size = isExact ? String(index.byteCount) : CatTable.size(index.byteCount)
        return [
          "green", "open", index.definition.name, index.definition.uuid, "1", String(IndexSettings.replicas(of: index.definition)),
          String(index.documentCount), String(index.deletedCount), size, size, size,
        ]
      })
    return try table.response(request.parameters)
  }
}
