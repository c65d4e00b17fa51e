import Synchronization

/// The columns of a segment that is made in memory, with their summaries.
struct SegmentColumns {
  let rowCount: Int
  private var columns: [String: Column] = [:]
  private var fields: [String: Segment.FieldSummary] = [:]

  init(rowCount: Int) {
    self.rowCount = rowCount
  }

  mutating func add(_ column: Column, summary: Segment.FieldSummary, at path: String) {
    var summary = summary
    summary.byteCount = column.byteCount
    columns[path] = column
    fields[path] = summary
  }

  /// A keyword column in which every row has the same value.
  mutating func add(constant value: [UInt8], at path: String) {
    let dictionary = BytesVectorBuilder(capacity: 1)
    dictionary.append(value)
    let values = Column.Values.ordinals(Vector(repeating: 0, count: rowCount), dictionary.finish(), isSorted: true)
    add(
      Column(type: .keyword, rowCount: rowCount, values: values),
      summary: Segment.FieldSummary(type: .keyword, rowsWithValue: rowCount, valueCount: rowCount), at: path)
  }

  mutating func addMetadata(ids: BytesVector, sources: BytesVector, versions: Vector<Int64>, sequenceNumbers: Vector<Int64>) {
    add(bytes: ids, type: .keyword, at: MetadataField.id)
    add(bytes: sources, type: .source, at: MetadataField.source)
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

  func segment(identifiers: IdentifierTable?) -> Segment {
    let columns = columns
    let indexes = InvertedIndexCache()
    return Segment(
      rowCount: rowCount, fields: fields, identifiers: { identifiers },
      invertedIndex: { path, analyzer, checkpoint in
        try indexes.index(at: path) {
          try columns[path].flatMap { try InvertedIndexBuilder.index(of: $0, analyzer: analyzer, checkpoint: checkpoint) }
        }
      },
      load: { columns[$0] })
  }
}

/// The inverted indexes of a segment in memory, each made when it is first asked for.
private final class InvertedIndexCache: Sendable {
  private let indexes = Mutex<[String: InvertedIndex?]>([:])

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
