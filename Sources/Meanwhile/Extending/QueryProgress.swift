import Synchronization

/// How far a running query is, counted in rows and bytes of its input. Any thread may add; reading never disturbs the run.
public final class QueryProgress: Sendable {
  private let rows = Atomic<Int>(0)
  private let rowsTotal = Atomic<Int>(0)
  private let bytes = Atomic<Int>(0)

  public init() {}

  public struct Reading: Sendable, Hashable {
    /// Rows read so far.
    public var rows: Int
    /// Rows there are to read; 0 while unknown.
    public var rowsTotal: Int
    /// Bytes of column data read so far.
    public var bytes: Int

    public init(rows: Int = 0, rowsTotal: Int = 0, bytes: Int = 0) {
      self.rows = rows
      self.rowsTotal = rowsTotal
      self.bytes = bytes
    }

    /// 0 ... 1; nil while the total is unknown.
    public var fraction: Double? { rowsTotal > 0 ? min(1, Double(rows) / Double(rowsTotal)) : nil }
  }

  /// Announces more rows to read.
  public func expect(rows count: Int) { rowsTotal.add(count, ordering: .relaxed) }

  /// Reports rows and bytes as read; once a batch, not once a row.
  public func advance(rows count: Int, bytes size: Int = 0) {
    rows.add(count, ordering: .relaxed)
    bytes.add(size, ordering: .relaxed)
  }

  public var reading: Reading {
    Reading(rows: rows.load(ordering: .relaxed), rowsTotal: rowsTotal.load(ordering: .relaxed), bytes: bytes.load(ordering: .relaxed))
  }
}
