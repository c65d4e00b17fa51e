import Meanwhile
import MeanwhileData

/// The response of a search, as the JSON object that clients see, and what an envelope around it says.
public struct SearchOutput: QueryOutput {
  /// `{"took":…,"timed_out":…,"_shards":…,"hits":…,"aggregations":…}`, compact.
  public var response: [UInt8]
  public var isPartial: Bool
  /// Indices searched, which count as a shard each.
  public var shardCount: Int

  public init(response: [UInt8], isPartial: Bool, shardCount: Int) {
    self.response = response
    self.isPartial = isPartial
    self.shardCount = shardCount
  }

  private static let version: UInt8 = 1

  /// A version, whether it is partial, the number of shards, and the response.
  public func encode() -> ChunkStream {
    var head: [UInt8] = [Self.version, isPartial ? 1 : 0]
    withUnsafeBytes(of: UInt32(clamping: shardCount).littleEndian) { head.append(contentsOf: $0) }
    return ChunkStream([head, response])
  }

  public static func decode(_ stored: ChunkStream) async throws -> SearchOutput {
    let bytes = try await stored.collect(bytesMax: .max)
    guard bytes.count > 6, bytes[0] == version else { throw APIError.internalFailure("a stored search cannot be read") }
    let shards = (0..<4).reduce(0) { $0 | Int(bytes[2 + $1]) << ($1 * 8) }
    return SearchOutput(response: Array(bytes[6...]), isPartial: bytes[1] != 0, shardCount: shards)
  }
}
