import Synchronization

/// How far a running query is, counted in rows and bytes of its input. Any thread may add; reading never disturbs the run.
public final class QueryProgress: Sendable {
  private let rows = Atomic<Int>(0)
  private let rowsTotal = Atomic<Int>(0)
  private let bytes = Atomic<Int>(0)
  private let bytesTotal = Atomic<Int>(0)
  private let documentsFound = Atomic<Int>(0)
  private let valuesLoaded = Atomic<Int>(0)
  /// The run whose progress this is, where it is another's.
  private let followed = Mutex<QueryProgress?>(nil)

  public init() {}

  public struct Reading: Sendable, Hashable {
    /// Rows done so far: read, or found not to be needed.
    public var rows: Int
    /// Rows there are; 0 while unknown.
    public var rowsTotal: Int
    /// Bytes of column data done so far.
    public var bytes: Int
    /// Bytes there are; 0 while unknown.
    public var bytesTotal: Int
    /// Documents that passed the conditions which are tried where the data is read.
    public var documentsFound: Int
    /// Field values that were read for that, and for what comes after.
    public var valuesLoaded: Int

    public init(
      rows: Int = 0, rowsTotal: Int = 0, bytes: Int = 0, bytesTotal: Int = 0, documentsFound: Int = 0, valuesLoaded: Int = 0
    ) {
      self.rows = rows
      self.rowsTotal = rowsTotal
      self.bytes = bytes
      self.bytesTotal = bytesTotal
      self.documentsFound = documentsFound
      self.valuesLoaded = valuesLoaded
    }

    /// 0 ... 1; nil while the total is unknown.
    public var fraction: Double? { rowsTotal > 0 ? min(1, Double(rows) / Double(rowsTotal)) : nil }
  }

  /// Announces more rows to read. A run announces all it can before it begins, so that the fraction does not go back.
  public func expect(rows count: Int, bytes size: Int = 0) {
    rowsTotal.add(count, ordering: .relaxed)
    bytesTotal.add(size, ordering: .relaxed)
  }

  /// Reports rows and bytes as done; once a batch, not once a row.
  public func advance(rows count: Int, bytes size: Int = 0) {
    rows.add(count, ordering: .relaxed)
    bytes.add(size, ordering: .relaxed)
  }

  /// Reports documents that were found and values that were read; once a batch, as ``advance(rows:bytes:)``.
  public func count(documents: Int, values: Int) {
    documentsFound.add(documents, ordering: .relaxed)
    valuesLoaded.add(values, ordering: .relaxed)
  }

  /// From now on this says what another says.
  func follow(_ other: QueryProgress) { followed.withLock { $0 = other } }

  /// The run has its result: what was announced and not read is not needed.
  public func finish() {
    rows.max(rowsTotal.load(ordering: .relaxed), ordering: .relaxed)
    bytes.max(bytesTotal.load(ordering: .relaxed), ordering: .relaxed)
  }

  public var reading: Reading {
    if let followed = followed.withLock({ $0 }) { return followed.reading }
    return Reading(
      rows: rows.load(ordering: .relaxed), rowsTotal: rowsTotal.load(ordering: .relaxed), bytes: bytes.load(ordering: .relaxed),
      bytesTotal: bytesTotal.load(ordering: .relaxed), documentsFound: documentsFound.load(ordering: .relaxed),
      valuesLoaded: valuesLoaded.load(ordering: .relaxed))
  }
}
