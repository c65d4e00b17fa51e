import Meanwhile

/// What an EQL query gives: the `hits` object of the response as JSON text. Sources of documents are copied into it byte by byte, never read.
public struct EQLOutput: QueryOutput {
  public var isPartial: Bool
  /// UTF-8 JSON: as the run made it, or out of the store, a part at a time.
  var hits: ChunkStream

  init(hits: [[UInt8]], isPartial: Bool) {
    self.init(hits: ChunkStream(hits), isPartial: isPartial)
  }

  private init(hits: ChunkStream, isPartial: Bool) {
    self.hits = hits
    self.isPartial = isPartial
  }

  /// The first byte of the stored form says whether the result is partial; the JSON follows.
  private static let partialMark = UInt8(ascii: "p")
  private static let completeMark = UInt8(ascii: "c")

  public func encode() -> ChunkStream {
    hits.between([isPartial ? Self.partialMark : Self.completeMark])
  }

  public static func decode(_ stored: ChunkStream) async throws -> EQLOutput {
    let head = try await stored.prefix(2)
    guard let mark = head.first, mark == partialMark || mark == completeMark, head.count > 1 else {
      throw APIError.internalFailure("a stored result cannot be read")
    }
    return EQLOutput(hits: stored.dropping(1), isPartial: mark == partialMark)
  }
}
