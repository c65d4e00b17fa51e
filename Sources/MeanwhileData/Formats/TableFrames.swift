import Meanwhile

/// The frames of a stored table, one after another, as its bytes come in; see ``TableCodec``.
struct TableFrames {
  private var chunks: ChunkStream.AsyncIterator
  /// Bytes that came in; those in front of `at` are done with.
  private var pending: [UInt8] = []
  private var at = 0
  private var last: TableCodec.Frame?

  init(_ stored: ChunkStream) { chunks = stored.makeAsyncIterator() }

  /// The next frame, in the order that a table has them; nil behind the last.
  ///
  /// - Throws: an ``APIError`` (500) where the bytes are no table, or only the beginning of one.
  mutating func next() async throws -> (kind: TableCodec.Frame, payload: TableFrameReader)? {
    if last == nil { try await start() }
    guard try await fill(9) else {
      guard last == .end, at == pending.count else { throw TableCodec.corrupt("its end is missing") }
      return nil
    }
    var head = TableFrameReader(pending[at..<at + 9])
    let number = try head.byte()
    let count = try head.number(max: TableCodec.frameBytesMax)
    guard last != .end else { throw TableCodec.corrupt("something follows its end") }
    guard let kind = TableCodec.Frame(rawValue: number), (kind == .fields) == (last == nil) else {
      throw TableCodec.corrupt("a frame of kind [\(number)] is out of place")
    }
    guard try await fill(9 + count) else { throw TableCodec.corrupt("it is cut short") }
    let payload = TableFrameReader(pending[at + 9..<at + 9 + count])
    at += 9 + count
    last = kind
    return (kind, payload)
  }

  /// Checks the last frame against the rows that came before it.
  func checkEnd(_ frame: TableFrameReader, after rowCount: Int) throws(APIError) {
    var frame = frame
    guard try frame.number(max: .max) == rowCount else { throw TableCodec.corrupt("rows are missing") }
    try frame.finish()
  }

  /// Reads what a table begins with.
  private mutating func start() async throws {
    let length = TableCodec.magic.count + 1
    guard try await fill(length), pending.starts(with: TableCodec.magic) else { throw TableCodec.corrupt("it does not begin as one") }
    guard pending[length - 1] == TableCodec.version else {
      throw TableCodec.corrupt("its version is [\(pending[length - 1])], and this program reads [\(TableCodec.version)]")
    }
    at = length
  }

  /// Sees to it that so many bytes are there to be read.
  ///
  /// - Returns: false where the stream ends before.
  private mutating func fill(_ count: Int) async throws -> Bool {
    while pending.count - at < count {
      guard let chunk = try await chunks.next() else { return false }
      if at == pending.count {
        pending = chunk
      } else {
        pending.removeFirst(at)
        pending.append(contentsOf: chunk)
      }
      at = 0
    }
    return true
  }
}
