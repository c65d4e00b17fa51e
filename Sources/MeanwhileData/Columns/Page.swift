/// A batch of rows: columns of equal length. A few thousand rows, so that a batch's columns stay in the processor's cache.
public struct Page: Sendable {
  public var rowCount: Int
  public var columns: [Column]

  /// Rows in a batch that the engine makes.
  public static let rowCountMax = 4096

  public init(rowCount: Int, columns: [Column]) {
    self.rowCount = rowCount
    self.columns = columns
  }
}
