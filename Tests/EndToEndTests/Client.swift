#if HTTP && CLI
import Foundation
import Meanwhile
import MeanwhileHTTP

/// An HTTP client with no opinion: what was answered is the test's to judge.
///
/// Foundation's has opinions, and no answer: a 401 that says how to authenticate leaves its task waiting for ever.
struct Client: Sendable {
  let url: String
  private static let timeout = Duration.seconds(60)

  init(_ url: String) { self.url = url }

  struct Answer: Sendable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }
    /// Null where the body is no JSON.
    var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }
    /// `error.type` of the envelope.
    var errorType: String? { json["error"]?["type"]?.string }
    var errorReason: String? { json["error"]?["reason"]?.string }

    /// A value inside the body: `json(at: "hits", "total", "value")`. Numbers index arrays.
    func json(at path: String...) -> JSONValue? {
      path.reduce(json as JSONValue?) { value, step in
        if let array = value?.array { return Int(step).flatMap { array.indices.contains($0) ? array[$0] : nil } }
        return value?[step]
      }
    }
  }

  /// - Parameter path: percent-encoded, with the query string.
  func call(
    _ method: String, _ path: String, _ body: String? = nil, type: String = "application/json", headers: [String: String] = [:]
  ) async throws -> Answer {
    guard let method = EndpointRequest.Method(rawValue: method) else {
      throw ServerProcess.Failure(description: "[\(method)] is no method")
    }
    var fields = Headers(headers.map { Headers.Field(name: $0.key, value: $0.value) })
    if body != nil { fields["Content-Type"] = type }
    let request = EndpointRequest(
      method: method, path: path, headers: fields, body: body.map { ChunkStream([Array($0.utf8)]) } ?? .empty)
    let http = try HTTPClient(url: url)
    return try await withThrowingTaskGroup(of: Answer.self) { group in
      group.addTask {
        let response = try await http.send(request)
        let headers = response.headers.fields.map { ($0.name.lowercased(), $0.value) }
        return Answer(status: response.status, headers: Dictionary(headers) { $1 }, body: try await response.collectBody())
      }
      group.addTask {
        try await Task.sleep(for: Self.timeout)
        throw ServerProcess.Failure(description: "no answer to \(method.rawValue) \(path) within \(Self.timeout)")
      }
      defer { group.cancelAll() }
      guard let answer = try await group.next() else { throw CancellationError() }
      return answer
    }
  }

  func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer { try await call("GET", path, headers: headers) }
  func delete(_ path: String) async throws -> Answer { try await call("DELETE", path) }
  func put(_ path: String, _ body: String? = nil) async throws -> Answer { try await call("PUT", path, body) }
  func post(_ path: String, _ body: String? = nil) async throws -> Answer { try await call("POST", path, body) }

  /// Sends documents, one JSON object a line, and makes them visible.
  @discardableResult
  func load(_ lines: [String], into index: String) async throws -> Answer {
    let body = lines.map { "{\"index\":{}}\n\($0)\n" }.joined()
    return try await call("POST", "/\(index)/_bulk?refresh=true", body, type: "application/x-ndjson")
  }
}
#endif
