import Meanwhile

/// Records and results to try a store with.
enum Sample {
  static func id(_ number: TaskNumber) -> TaskID {
    TaskID(document: "cIEFuafBSwGcPH9HZzuRFA", node: "iqegxxsTSXShp7gcaRhDgQ", number: number)
  }

  /// A record with nothing in it that need not be.
  static func plain(_ number: TaskNumber, expires: Int64 = 2_000, body: [UInt8] = []) -> TaskRecord {
    TaskRecord(
      id: id(number), language: "toy", dialect: "toy",
      request: StoredRequest(method: .post, path: "/_toy/async", parameters: [:], pathParameters: [:], body: body),
      description: "", submitted: Timestamp(milliseconds: 1_000), expires: Timestamp(milliseconds: expires), keepOnCompletion: false)
  }

  /// A record with everything in it.
  static func rich(_ number: TaskNumber) -> TaskRecord {
    var record = TaskRecord(
      id: id(number), language: "esql", dialect: "opensearch",
      principal: Principal(username: "zoë \"z\"", realm: "native", roles: ["a", "b\n"], apiKeyID: "key-1"),
      request: StoredRequest(
        method: .get, path: "/a%20b/_search",
        parameters: Parameters([(name: "x", value: "1"), (name: "x", value: ""), (name: "snow", value: "☃")]),
        pathParameters: ["index": "a b", "id": "é"], body: Array(0...255)),
      description: "FROM logs\n| WHERE a == \"\u{0}\u{1F600}\"", opaqueID: "opaque", state: .completed,
      submitted: Timestamp(milliseconds: 1), expires: Timestamp(milliseconds: 3_000), keepOnCompletion: true)
    record.started = Timestamp(milliseconds: 2)
    record.completed = Timestamp(milliseconds: 3)
    record.attempts = 2
    record.isPartial = true
    return record
  }

  /// A record with an error that has all that an error can have.
  static func failed(_ number: TaskNumber) -> TaskRecord {
    var record = plain(number)
    record.state = .failed
    record.completed = Timestamp(milliseconds: 1_500)
    let cause = APIError(type: "number_format_exception", reason: "For input string: \"x\"", status: 400)
    record.failure = APIError(
      type: "parsing_exception", reason: "line 1:1: no\n☃", status: 400,
      metadata: ["line": 1, "nothing": nil, "nested": ["a": [1, 2.5, true]]], causedBy: cause, rootCauses: [cause],
      headers: ["Retry-After": "1", "X-Two": "a"])
    return record
  }

  /// A record whose numbers are at the ends of their ranges.
  static func extreme(_ number: TaskNumber) -> TaskRecord {
    var record = plain(number, expires: .max, body: noise(100_000, seed: number))
    record.submitted = Timestamp(milliseconds: .min)
    record.attempts = .max
    return record
  }

  static func stream(_ text: String) -> ChunkStream { ChunkStream([Array(text.utf8)]) }

  static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  /// A stream that fails after its first chunk.
  static func broken() -> ChunkStream {
    ChunkStream(
      AsyncThrowingStream<[UInt8], any Error> { continuation in
        continuation.yield([1, 2, 3])
        continuation.finish(throwing: BrokenStream())
      })
  }

  struct BrokenStream: Error {}

  static func bytes(_ stream: ChunkStream?) async throws -> [UInt8]? { try await stream?.collect(bytesMax: .max) }

  static func text(_ stream: ChunkStream?) async throws -> String? {
    try await bytes(stream).map { String(decoding: $0, as: UTF8.self) }
  }
}
