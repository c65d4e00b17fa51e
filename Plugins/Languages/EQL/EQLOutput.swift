import Meanwhile

/// What an EQL query gives: the `hits` object of the response as JSON text. Sources of documents are copied into it byte by byte, never read.
public struct EQLOutput: QueryOutput, Hashable {
  public var isPartial: Bool
  /// UTF-8 JSON in pieces.
  var hits: [[UInt8]]

  init(hits: [[UInt8]], isPartial: Bool) {
    self.hits = hits
    self.isPartial = isPartial
  }

  /// The first byte of the stored form says whether the result is partial; the JSON follows.
  private static let partialMark = UInt8(ascii: "p")
  private static let completeMark = UInt8(ascii: "c")

  public func encode() -> ChunkStream {
    ChunkStream([[isPartial ? Self.partialMark : Self.completeMark]] + hits)
  }

  public static func decode(_ stored: ChunkStream) async throws -> EQLOutput {
    var bytes = try await stored.collect(bytesMax: .max)
    guard let mark = bytes.first, mark == partialMark || mark == completeMark, bytes.count > 1 else {
      throw APIError.internalFailure("a stored result cannot be read")
    }
    bytes.removeFirst()
    return EQLOutput(hits: [bytes], isPartial: mark == partialMark)
  }
}
