import Meanwhile
import MeanwhileData

/// What a run needs besides its plan.
public struct ExecutionContext: Sendable {
  public var signals: QuerySignals
  public var progress: QueryProgress
  public var memory: MemoryBudget
  public var warnings: Warnings
  public var settings: QuerySettings
  /// Morsels that are worked on at the same time.
  public var workerCount: Int
  /// Whether each run announces the rows that it will read. A query of several runs announces them all before the first, and says no here.
  public var announcesRows = true

  public init(
    signals: QuerySignals = QuerySignals(), progress: QueryProgress = QueryProgress(), memory: MemoryBudget = MemoryBudget(),
    warnings: Warnings = Warnings(), settings: QuerySettings, workerCount: Int = 2
  ) {
    self.signals = signals
    self.progress = progress
    self.memory = memory
    self.warnings = warnings
    self.settings = settings
    self.workerCount = workerCount
  }
}
