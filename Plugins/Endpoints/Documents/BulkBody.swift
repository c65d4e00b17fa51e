import Meanwhile

/// Cuts a bulk body into its lines, chunk by chunk. Lines of one chunk share its memory; only a line that runs over a chunk's end is copied.
struct BulkBody {
  private var chunks: ChunkStream.AsyncIterator
  private var buffer: [UInt8] = []
  private var at = 0
  /// Up to where there is no newline behind `at`: a line that comes in many chunks is gone over once.
  private var searched = 0
  private var isAtEnd = false

  init(_ body: ChunkStream) {
    chunks = body.makeAsyncIterator()
  }

  /// The next line without its newline; nil at the end.
  ///
  /// - Throws: `illegal_argument_exception` (400) where the last line does not end; a 413 for a line longer than a body may be.
  mutating func next() async throws -> ArraySlice<UInt8>? {
    while true {
      if let end = Self.newline(in: buffer, from: max(at, searched)) {
        defer { at = end + 1 }
        let last = end > at && buffer[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
        return buffer[at..<last]
      }
      searched = buffer.count
      guard !isAtEnd else {
        guard at == buffer.count else { throw APIError.illegalArgument("The bulk request must be terminated by a newline [\\n]") }
        return nil
      }
      try await fill()
    }
  }

  private mutating func fill() async throws {
    guard let chunk = try await chunks.next() else {
      isAtEnd = true
      return
    }
    guard at < buffer.count else {
      (buffer, at, searched) = (chunk, 0, 0)
      return
    }
    guard buffer.count - at + chunk.count <= EndpointRequest.bodyBytesMax else {
      throw APIError(type: "content_too_long_exception", reason: "a line of the bulk request is too long", status: 413)
    }
    if at > 0 {
      buffer.removeFirst(at)
      searched -= at
      at = 0
    }
    buffer.append(contentsOf: chunk)
  }

  private static func newline(in bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBufferPointer { bytes in
      var place = start
      let ones: UInt64 = 0x0101_0101_0101_0101
      // Eight bytes at a time: a byte's high bit comes up where it is a newline.
      while place + 8 <= bytes.count {
        let word = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: place, as: UInt64.self).littleEndian ^ (ones &* 0x0A)
        let hits = (word &- ones) & ~word & (ones &* 0x80)
        if hits != 0 { return place + hits.trailingZeroBitCount / 8 }
        place += 8
      }
      while place < bytes.count {
        if bytes[place] == 0x0A { return place }
        place += 1
      }
      return nil
    }
  }
}
