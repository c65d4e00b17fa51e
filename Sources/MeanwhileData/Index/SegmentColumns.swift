import Synchronization

/// The columns of a segment that is made in memory, with their summaries.
struct SegmentColumns {
  let rowCount: Int
  private var columns: [String: Column] = [:]
  private var fields: [String: Segment.FieldSummary] = [:]
  private var sources = StoredSources(whole: .empty)
  private var indexes: [String: InvertedIndex?] = [:]

  init(rowCount: Int) {
    self.rowCount = rowCount
  }

  mutating func add(_ column: Column, summary: Segment.FieldSummary, at path: String) {
    var summary = summary
    summary.byteCount = column.byteCount
    columns[path] = column
    fields[path] = summary
  }

  /// The inverted index of a text column that was added; others are made when they are first asked for.
  mutating func add(_ index: InvertedIndex, at path: String) { indexes[path] = index }

  /// A keyword column in which every row has the same value.
  mutating func add(constant value: [UInt8], at path: String) {
    let dictionary = BytesVectorBuilder(capacity: 1)
    dictionary.append(value)
    let values = Column.Values.ordinals(Vector(repeating: 0, count: rowCount), dictionary.finish(), isSorted: true)
    add(
      Column(type: .keyword, rowCount: rowCount, values: values),
      summary: Segment.FieldSummary(type: .keyword, rowsWithValue: rowCount, valueCount: rowCount), at: path)
  }

  mutating func addMetadata(ids: BytesVector, sources: StoredSources, versions: Vector<Int64>, sequenceNumbers: Vector<Int64>) {
    add(bytes: ids, type: .keyword, at: MetadataField.id)
    self.sources = sources
    fields[MetadataField.source] = sources.summary
    add(longs: versions, at: MetadataField.version)
    add(longs: sequenceNumbers, at: MetadataField.sequenceNumber)
  }

  private mutating func add(bytes: BytesVector, type: DataType, at path: String) {
    add(
      Column(type: type, rowCount: rowCount, values: .bytes(bytes)),
      summary: Segment.FieldSummary(type: type, rowsWithValue: rowCount, valueCount: rowCount), at: path)
  }

  private mutating func add(longs: Vector<Int64>, at path: String) {
    var summary = Segment.FieldSummary(type: .long, rowsWithValue: rowCount, valueCount: rowCount)
    if let least = longs.buffer.min(), let greatest = longs.buffer.max() {
      (summary.minimum, summary.maximum) = (.long(least), .long(greatest))
    }
    add(Column(type: .long, rowCount: rowCount, values: .longs(longs)), summary: summary, at: path)
  }

  func segment() -> Segment {
    let (columns, sources) = (columns, sources)
    let indexes = InvertedIndexCache(indexes)
    let identifiers = IdentifierTableCache()
    return Segment(
      rowCount: rowCount, fields: fields, identifiers: { identifiers.table(of: columns[MetadataField.id]) },
      invertedIndex: { path, analyzer, checkpoint in
        guard let analyzer else { return indexes.known(at: path) }
        return try indexes.index(at: path) {
          try columns[path].flatMap { try InvertedIndexBuilder.index(of: $0, analyzer: analyzer, checkpoint: checkpoint) }
        }
      },
      sources: { sources }, load: { columns[$0] })
  }
}

/// The table of a segment's ids in memory, made when it is first asked for: by a write that names an id, or to be kept in a file.
private final class IdentifierTableCache: Sendable {
  private let table = Mutex<IdentifierTable?>(nil)

  func table(of ids: Column?) -> IdentifierTable? {
    guard case .bytes(let ids)? = ids?.values else { return nil }
    return table.withLock { table in
      if let table { return table }
      let made = IdentifierTable(of: ids)
      table = made
      return made
    }
  }
}

/// The inverted indexes of a segment in memory, each made when it is first asked for.
private final class InvertedIndexCache: Sendable {
  private let indexes: Mutex<[String: InvertedIndex?]>

  init(_ indexes: [String: InvertedIndex?]) { self.indexes = Mutex(indexes) }

  func known(at path: String) -> InvertedIndex? { indexes.withLock { $0[path] ?? nil } }

  /// Whoever asks while an index is being made waits for it.
  func index(at path: String, make: () throws -> InvertedIndex?) rethrows -> InvertedIndex? {
    try indexes.withLock { indexes in
      if let known = indexes[path] { return known }
      let made = try make()
      indexes[path] = .some(made)
      return made
    }
  }
}
