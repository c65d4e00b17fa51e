import Meanwhile
import MeanwhileData

/// What a run gives.
public struct ExecutionResult: Sendable {
  public var table: Table
  /// Cut short by an early finish.
  public var isPartial: Bool
  /// Documents that the scans gave.
  public var documentsFound: Int
  /// Field values that were read.
  public var valuesLoaded: Int

  public init(table: Table, isPartial: Bool, documentsFound: Int, valuesLoaded: Int) {
    self.table = table
    self.isPartial = isPartial
    self.documentsFound = documentsFound
    self.valuesLoaded = valuesLoaded
  }
}
