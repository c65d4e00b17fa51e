import Meanwhile

/// One reading of a table, page by page. It has one reader.
public actor TableReader {
  /// Where pages come from.
  enum Source: Sendable {
    case held([Page])
    case stored(ChunkStream)
  }

  private var held: ArraySlice<Page> = []
  private var frames: TableFrames?
  private let fields: [Table.Field]
  private let range: Range<Int>
  private let isToTheEnd: Bool
  /// Rows that have gone by, given or passed over.
  private var position = 0

  /// - Parameter isToTheEnd: whether the range has the table's last row; then what follows it is checked too.
  init(_ source: Source, fields: [Table.Field], range: Range<Int>, isToTheEnd: Bool) {
    self.fields = fields
    self.range = range
    self.isToTheEnd = isToTheEnd
    switch source {
    case .held(let pages): held = pages[...]
    case .stored(let bytes): frames = TableFrames(bytes)
    }
  }

  /// The next page with a row of the range, cut to it; nil at the end. Of a stored table, no more is read than that takes, and pages in front of the
  /// range are passed over unread.
  ///
  /// - Throws: an ``APIError`` (500) where what is stored is no such table.
  public func next() async throws -> Page? {
    while position < range.upperBound || isToTheEnd, let candidate = try await nextCandidate() {
      let rows = position..<position + candidate.rowCount
      position = rows.upperBound
      let part = rows.clamped(to: range)
      guard !part.isEmpty else { continue }
      let page = try candidate.page(of: fields)
      return part == rows ? page : page.rows(part.lowerBound - rows.lowerBound..<part.upperBound - rows.lowerBound)
    }
    guard position >= range.upperBound else { throw TableCodec.corrupt("rows are missing") }
    return nil
  }

  /// A page, or the frame that it can be read from.
  private enum Candidate {
    case page(Page)
    case frame(TableFrameReader, rowCount: Int)

    var rowCount: Int {
      switch self {
      case .page(let page): page.rowCount
      case .frame(_, let rowCount): rowCount
      }
    }

    func page(of fields: [Table.Field]) throws(APIError) -> Page {
      switch self {
      case .page(let page): return page
      case .frame(var frame, _):
        let page = try frame.page(of: fields)
        try frame.finish()
        return page
      }
    }
  }

  private func nextCandidate() async throws -> Candidate? {
    guard var frames else { return held.popFirst().map(Candidate.page) }
    defer { self.frames = frames }
    while let (kind, frame) = try await frames.next() {
      switch kind {
      case .fields: continue
      case .page: return .frame(frame, rowCount: try frame.rowCount())
      case .end: try frames.checkEnd(frame, after: position)
      }
    }
    return nil
  }
}

extension Page {
  /// Some of the rows. Shares memory.
  func rows(_ range: Range<Int>) -> Page {
    Page(rowCount: range.count, columns: columns.map { $0.slice(range) })
  }
}
