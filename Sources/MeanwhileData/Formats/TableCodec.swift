import Meanwhile

/// Tables as the bytes a store keeps: frames, each a kind, a length and a payload, in a version that is named at the start.
///
///     magic "MWTABLE", version (1 byte)
///     frame 1: the fields        count, then of each: name, type, original types
///     frame 2: a page            row count, then of each column: type, flags, layout, buffers
///     …
///     frame 3: the end           row count of the whole table, so that a table cut short is told from a whole one
///
/// Numbers are little-endian. Reading trusts nothing: every length is checked against what is there, every offset against what it points into, and what
/// does not fit is an error, never a crash.
public enum TableCodec {
  static let magic: [UInt8] = Array("MWTABLE".utf8)
  static let version: UInt8 = 1

  enum Frame: UInt8 {
    case fields = 1
    case page = 2
    case end = 3
  }

  /// The longest frame that is read: a page is far smaller, and a broken length must not decide how much memory is asked for.
  static let frameBytesMax = 1 << 31
  /// The most rows of a page that is read; the engine's pages have ``Page/rowCountMax``.
  static let pageRowsMax = 1 << 24

  /// The table's bytes. Reading twice gives the same bytes.
  ///
  /// - Parameter head: what stands before them.
  public static func encode(_ table: TableStream, after head: [UInt8] = []) -> ChunkStream {
    ChunkStream(of: table) {
      var start = TableFrameWriter()
      start.start(table.fields)
      var end = TableFrameWriter()
      end.end(rowCount: table.range.count)
      return [
        TablePass(head: head + start.bytes, tail: end.bytes) { page, _ in
          var writer = TableFrameWriter()
          writer.page(page)
          return writer.bytes
        }
      ]
    }
  }

  /// What ``encode(_:after:)`` made, to be read page by page from a stream that can be read repeatedly.
  ///
  /// - Parameter rowCount: how many rows there are, where that is known; else they are counted.
  /// - Throws: an ``APIError`` (500) where the bytes do not begin as such a table. What comes later is found when it is read.
  public static func open(_ stored: ChunkStream, rowCount: Int? = nil) async throws -> TableStream {
    var frames = TableFrames(stored)
    guard var frame = try await frames.next()?.payload else { throw corrupt("its fields are missing") }
    let fields = try frame.fields()
    try frame.finish()
    if let rowCount { return TableStream(fields: fields, rowCount: rowCount, stored: stored) }
    var counted = 0
    while let (kind, frame) = try await frames.next() {
      if kind == .end { try frames.checkEnd(frame, after: counted) } else { counted += try frame.rowCount() }
    }
    return TableStream(fields: fields, rowCount: counted, stored: stored)
  }

  static func corrupt(_ why: String) -> APIError {
    .internalFailure("a stored table cannot be read: \(why)")
  }
}
