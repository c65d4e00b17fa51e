import MeanwhileData

/// Names a document of a scan: which segment, over all snapshots of the scan in order, and which row of it.
public struct DocumentReference: Sendable, Hashable {
  public var segment: Int
  public var row: Int

  public init(segment: Int, row: Int) {
    self.segment = segment
    self.row = row
  }

  /// From a value of a ``DataType/document`` column.
  public init(encoded: Int64) {
    segment = Int(encoded >> 32)
    row = Int(encoded & 0xFFFF_FFFF)
  }

  public var encoded: Int64 { Int64(segment) << 32 | Int64(row) }
}
