import Meanwhile

/// An immutable run of documents as columns, in memory or mapped from a file, with one layout for both.
///
/// Columns are found by field path. Besides the mapped fields there are the metadata columns of ``MetadataField``. A query touches only the columns that
/// it names: a mapped segment verifies a column's checksum when it is first asked for.
public final class Segment: Sendable {
  public let rowCount: Int
  /// What is known of each column without touching it, by field path.
  public let fields: [String: FieldSummary]
  private let load: @Sendable (String) throws -> Column?

  /// - Parameter load: gives the column of a field, all rows; may be called from several threads, and repeatedly.
  public init(rowCount: Int, fields: [String: FieldSummary], load: @escaping @Sendable (String) throws -> Column?) {
    self.rowCount = rowCount
    self.fields = fields
    self.load = load
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
  public func column(_ path: String) throws -> Column? { try load(path) }
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
