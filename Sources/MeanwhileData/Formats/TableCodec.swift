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

  /// The table's bytes, a chunk a page. Reading twice gives the same bytes.
  public static func encode(_ table: Table) -> ChunkStream {
    ChunkStream(chunkCount: table.pages.count + 2) { chunk in
      var writer = TableFrameWriter()
      switch chunk {
      case 0: writer.start(table.fields)
      case table.pages.count + 1: writer.end(rowCount: table.rowCount)
      default: writer.page(table.pages[chunk - 1])
      }
      return writer.bytes
    }
  }

  /// Reads what ``encode(_:)`` made.
  ///
  /// - Throws: an ``APIError`` (500) where the bytes are no such table.
  public static func decode(_ stored: ChunkStream) async throws -> Table {
    var pending: [UInt8] = []
    var decoder = TableFrameDecoder()
    for try await chunk in stored {
      pending.append(contentsOf: chunk)
      let used = try decoder.consume(pending)
      if used > 0 { pending.removeFirst(used) }
    }
    guard pending.isEmpty else { throw corrupt("it is cut short") }
    return try decoder.finish()
  }

  static func corrupt(_ why: String) -> APIError {
    .internalFailure("a stored table cannot be read: \(why)")
  }
}
