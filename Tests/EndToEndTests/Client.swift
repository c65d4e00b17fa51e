#if HTTP && CLI
import Foundation
import Meanwhile
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// An HTTP client with no opinion: what was answered is the test's to judge.
struct Client: Sendable {
  let url: String
  private let session: URLSession

  init(_ url: String) {
    self.url = url
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = 30
    session = URLSession(configuration: configuration)
  }

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
    guard let target = URL(string: url + path) else { throw ServerProcess.Failure(description: "[\(path)] is no path") }
    var request = URLRequest(url: target)
    request.httpMethod = method
    if let body {
      request.httpBody = Data(body.utf8)
      request.setValue(type, forHTTPHeaderField: "Content-Type")
    }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    let (data, response) = try await session.data(for: request)
    guard let response = response as? HTTPURLResponse else { throw ServerProcess.Failure(description: "no HTTP response") }
    let fields = response.allHeaderFields.map { (String(describing: $0.key).lowercased(), String(describing: $0.value)) }
    return Answer(status: response.statusCode, headers: Dictionary(fields) { $1 }, body: Array(data))
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
