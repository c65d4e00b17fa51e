import Meanwhile
import MeanwhileData

/// The response of a search, as the JSON object that clients see, and what an envelope around it says.
public struct SearchOutput: QueryOutput {
  /// `{"took":…,"timed_out":…,"_shards":…,"hits":…,"aggregations":…}`, compact: as the run made it, or out of the store, a part at a time.
  public var response: ChunkStream
  public var isPartial: Bool
  /// Indices searched, which count as a shard each.
  public var shardCount: Int
  /// Those of them that are done; of a search that has ended, all.
  public var shardsDone: Int
  /// Of the response; nil for one that comes out of the store.
  public private(set) var byteCount: Int?

  /// - Parameter shardsDone: nil is all.
  public init(response: [UInt8], isPartial: Bool, shardCount: Int, shardsDone: Int? = nil) {
    self.init(response: ChunkStream([response]), isPartial: isPartial, shardCount: shardCount)
    self.shardsDone = shardsDone ?? shardCount
    byteCount = response.count
  }

  private init(response: ChunkStream, isPartial: Bool, shardCount: Int) {
    self.response = response
    self.isPartial = isPartial
    self.shardCount = shardCount
    shardsDone = shardCount
  }

  private static let version: UInt8 = 1
  private static let headBytes = 6

  /// A version, whether it is partial, the number of shards, and the response.
  public func encode() -> ChunkStream {
    var head: [UInt8] = [Self.version, isPartial ? 1 : 0]
    withUnsafeBytes(of: UInt32(clamping: shardCount).littleEndian) { head.append(contentsOf: $0) }
    return response.between(head)
  }

  public static func decode(_ stored: ChunkStream) async throws -> SearchOutput {
    let head = try await stored.prefix(headBytes + 1)
    guard head.count > headBytes, head[0] == version else { throw APIError.internalFailure("a stored search cannot be read") }
    let shards = (0..<4).reduce(0) { $0 | Int(head[2 + $1]) << ($1 * 8) }
    return SearchOutput(response: stored.dropping(headBytes), isPartial: head[1] != 0, shardCount: shards)
  }
}
