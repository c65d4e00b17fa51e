/// The bytes of requests.
enum Requests {
  static func get(_ path: String) -> [UInt8] { Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8) }

  static func delete(_ path: String) -> [UInt8] { Array("DELETE \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8) }

  static func post(_ path: String, json: String) -> [UInt8] {
    let head = "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n\r\n"
    return Array((head + json).utf8)
  }

  /// A query that is as small as a query can be, to be kept.
  static let keptRow = post(
    "/_query/async", json: #"{"query":"ROW a = 1","keep_on_completion":true,"wait_for_completion_timeout":"30s"}"#)
}
