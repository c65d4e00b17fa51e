import Meanwhile

/// Tasks as the tests put them into stores.
enum TaskExamples {
  static let principal = Principal(username: "ada", realm: "native", roles: ["analyst", "user"], apiKeyID: "k1")

  /// A finished task whose id and texts follow from its number.
  static func record(_ number: TaskNumber, description: String = "FROM access", expires: Int64 = 1_000) -> TaskRecord {
    var record = TaskRecord(
      id: TaskID(document: "doc-\(number)", node: "node-a", number: number), language: "esql", dialect: "esql",
      action: "indices:data/read/esql[a]",
      principal: principal,
      request: StoredRequest(
        method: .post, path: "/_query/async", parameters: ["pretty": "", "format": "csv"], pathParameters: ["index": "access"],
        body: Array("{\"query\":\"FROM access\"}".utf8)),
      description: description, opaqueID: "opaque", submitted: Timestamp(milliseconds: 5), expires: Timestamp(milliseconds: expires),
      keepOnCompletion: true)
    record.runMax = .hours(12)
    record.state = .completed
    record.started = Timestamp(milliseconds: 6)
    record.completed = Timestamp(milliseconds: -7)
    record.attempts = 2
    return record
  }

  /// A result of some bytes, as one chunk a thousand.
  static func result(_ bytes: [UInt8]) -> ChunkStream {
    ChunkStream(stride(from: 0, to: bytes.count, by: 1_000).map { Array(bytes[$0..<min(bytes.count, $0 + 1_000)]) })
  }
}
