import Meanwhile
import Synchronization

/// An immutable run of documents as columns, in memory or mapped from a file, with one layout for both.
///
/// Columns are found by field path. Besides the mapped fields there are the metadata columns of ``MetadataField``. A query touches only the columns that
/// it names: a mapped segment verifies a column's checksum when it is first asked for.
public final class Segment: Sendable {
  public let rowCount: Int
  /// What is known of each column without touching it, by field path.
  public let fields: [String: FieldSummary]
  private let load: @Sendable (String) throws -> Column?
  private let loadSources: @Sendable () throws -> StoredSources?
  private let loadIdentifiers: @Sendable () throws -> IdentifierTable?
  private let loadIndex: @Sendable (String, Analyzer?, () throws -> Void) throws -> InvertedIndex?
  /// Of the columns that were asked for; nil for those that have none.
  private let bounds = Mutex<[String: BlockBounds?]>([:])

  /// - Parameters:
  ///   - identifiers: gives the table by which documents are found by id; without one they are searched for.
  ///   - invertedIndex: gives the inverted index of a text field, or without an analyzer the one that is at hand; without one, texts are searched for
  ///     terms.
  ///   - load: gives the column of a field, all rows; like the others, may be called from several threads, and repeatedly.
  public convenience init(
    rowCount: Int, fields: [String: FieldSummary], identifiers: @escaping @Sendable () throws -> IdentifierTable? = { nil },
    invertedIndex: @escaping @Sendable (String, Analyzer?, () throws -> Void) throws -> InvertedIndex? = { _, _, _ in nil },
    load: @escaping @Sendable (String) throws -> Column?
  ) {
    self.init(
      rowCount: rowCount, fields: fields, identifiers: identifiers, invertedIndex: invertedIndex,
      sources: {
        guard case .bytes(let documents)? = try load(MetadataField.source)?.values else { return nil }
        return StoredSources(whole: documents)
      }, load: load)
  }

  /// - Parameter sources: gives the documents as they are kept.
  init(
    rowCount: Int, fields: [String: FieldSummary], identifiers: @escaping @Sendable () throws -> IdentifierTable?,
    invertedIndex: @escaping @Sendable (String, Analyzer?, () throws -> Void) throws -> InvertedIndex?,
    sources: @escaping @Sendable () throws -> StoredSources?, load: @escaping @Sendable (String) throws -> Column?
  ) {
    self.rowCount = rowCount
    self.fields = fields
    self.load = load
    loadSources = sources
    loadIdentifiers = identifiers
    loadIndex = invertedIndex
  }

  /// What a segment knows of a column beforehand: enough to skip the column, or the whole segment.
  public struct FieldSummary: Sendable, Hashable {
    public var type: DataType
    /// Rows that have a value.
    public var rowsWithValue: Int
    /// Values, over all rows.
    public var valueCount: Int
    /// Least and greatest value of a long or double layout, else null.
    public var minimum: Value
    public var maximum: Value

    /// Bytes that the column takes.
    public var byteCount = 0

    public init(type: DataType, rowsWithValue: Int, valueCount: Int, minimum: Value = .null, maximum: Value = .null) {
      self.type = type
      self.rowsWithValue = rowsWithValue
      self.valueCount = valueCount
      self.minimum = minimum
      self.maximum = maximum
    }
  }

  /// The column of a field, all rows; nil where no document of the segment has it.
  ///
  /// - Throws: ``APIError`` (500) that names file and offset where the data is damaged.
  public func column(_ path: String) throws -> Column? {
    guard path == MetadataField.source else { return try load(path) }
    guard let sources = try loadSources() else { return nil }
    guard sources.shapeNumbers != nil else {
      return Column(type: .source, rowCount: rowCount, values: .bytes(sources.verbatim))
    }
    guard var reader = try sourceReader() else { return nil }
    let documents = BytesVectorBuilder(capacity: rowCount)
    for row in 0..<rowCount {
      try reader.append(row: row, to: documents.bytes)
      documents.endValue()
    }
    return Column(type: .source, rowCount: rowCount, values: .bytes(documents.finish()))
  }

  /// Reads documents, one or many; nil where the segment keeps none. Cheaper than the column ``MetadataField/source``, which has all of them.
  ///
  /// - Throws: as ``column(_:)``.
  public func sourceReader() throws -> SourceReader? {
    try loadSources().map { SourceReader($0) { [load] in try load($0) } }
  }

  /// One document.
  ///
  /// - Throws: as ``column(_:)``.
  public func source(ofRow row: Int) throws -> [UInt8] {
    guard var reader = try sourceReader() else { throw APIError.internalFailure("a segment lacks its documents") }
    let out = VectorBuilder<UInt8>(capacity: 512)
    try reader.append(row: row, to: out)
    return Array(out.buffer)
  }

  /// The documents as they are kept.
  func sources() throws -> StoredSources? { try loadSources() }

  /// The bounds of a column's blocks of rows, found when they are first asked for; nil where the column has none.
  ///
  /// - Throws: as ``column(_:)``.
  public func blockBounds(_ path: String) throws -> BlockBounds? {
    try bounds.withLock { bounds in
      if let known = bounds[path] { return known }
      let made = try column(path).flatMap { BlockBounds($0) }
      bounds[path] = .some(made)
      return made
    }
  }

  /// Bytes of all columns.
  public var byteCount: Int { fields.values.reduce(0) { $0 + $1.byteCount } }

  /// The table of the segment's ids; nil where it has none.
  ///
  /// - Throws: as ``column(_:)``.
  public func identifiers() throws -> IdentifierTable? { try loadIdentifiers() }

  /// The inverted index of a text field; nil where the segment has none: its file is of a version that had none, say.
  ///
  /// - Parameters:
  ///   - analyzer: the field's. A segment in memory makes the index when it is first asked for.
  ///   - checkpoint: called now and then while an index is made; throws to stop.
  /// - Throws: as ``column(_:)``.
  public func invertedIndex(_ path: String, analyzer: Analyzer, checkpoint: () throws -> Void = {}) throws -> InvertedIndex? {
    guard let index = try loadIndex(path, analyzer, checkpoint), index.analyzer == analyzer.name else { return nil }
    return index
  }

  /// Whether the inverted index of a text field is at hand: the segment's file has it, or somebody asked for it before.
  ///
  /// - Throws: as ``column(_:)``.
  func hasInvertedIndex(_ path: String) throws -> Bool { try loadIndex(path, nil, {}) != nil }

  /// The newest row with an id, deleted or not; nil where there is none.
  ///
  /// - Throws: as ``column(_:)``.
  public func row(ofID id: UnsafeBufferPointer<UInt8>) throws -> Int? {
    guard case .bytes(let ids)? = try column(MetadataField.id)?.values else { return nil }
    if let table = try identifiers() { return table.row(of: id, in: ids) }
    return (0..<ids.count).reversed().first { ByteOrder.isEqual(ids[$0], id) }
  }
}

/// The columns that every segment has.
public enum MetadataField {
  /// Keyword.
  public static let id = "_id"
  /// Long.
  public static let version = "_version"
  /// Long.
  public static let sequenceNumber = "_seq_no"
  /// The document, type ``DataType/source``.
  public static let source = "_source"
  /// Keyword, several a row: fields whose value was left out as malformed or too long. Absent where there are none.
  public static let ignored = "_ignored"
}
