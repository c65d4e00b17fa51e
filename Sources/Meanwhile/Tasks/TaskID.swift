/// A task's number on its node: 1, 2, 3 … across restarts, never used twice.
public typealias TaskNumber = UInt64

/// The id of an asynchronous query, as clients know it.
///
/// On the wire it is what Elasticsearch uses: URL-safe Base64, padded, of a length-prefixed document id (22 characters, 128 random bits) followed
/// by a length-prefixed `node:number`. Clients treat it as opaque; the random bits make it unguessable, the number finds it.
public struct TaskID: Sendable, Hashable, CustomStringConvertible {
  /// 22 characters of URL-safe Base64: 128 random bits.
  public let document: String
  /// 22 characters that name the server.
  public let node: String
  public let number: TaskNumber
  /// What clients see.
  public let encoded: String

  public init(document: String, node: String, number: TaskNumber) {
    self.document = document
    self.node = node
    self.number = number
    self.encoded = ""
  }

  public var description: String { encoded }

  /// `node:number`, the id in task listings.
  public var task: String { "\(node):\(number)" }
}
