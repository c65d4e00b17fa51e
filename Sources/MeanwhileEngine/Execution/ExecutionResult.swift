import Meanwhile
import MeanwhileData
import Synchronization

/// What a run gives.
public struct ExecutionResult: Sendable {
  public var table: Table
  /// Cut short by an early finish.
  public var isPartial: Bool
  /// Rows of segments that could not be skipped.
  public var rowsRead: Int
  /// Documents that the scans gave.
  public var documentsFound: Int
  /// Field values that were read.
  public var valuesLoaded: Int

  public var profile: ExecutionProfile

  init(table: Table, isPartial: Bool, counts: PlanRun.Counts, profile: ExecutionProfile = ExecutionProfile()) {
    self.profile = profile
    self.table = table
    self.isPartial = isPartial
    rowsRead = counts.rowsRead.load(ordering: .relaxed)
    documentsFound = counts.documentsFound.load(ordering: .relaxed)
    valuesLoaded = counts.valuesLoaded.load(ordering: .relaxed)
  }
}
