import Meanwhile
import MeanwhileData

/// Runs plans: compiles them to pipelines of batch operators, splits scans into morsels over the cores, merges partial states.
public struct Executor: Sendable {
  public var context: ExecutionContext

  public init(_ context: ExecutionContext) {
    self.context = context
  }

  /// Runs a plan to its end, a cancellation, or an early finish.
  ///
  /// - Throws: ``APIError``; `CancellationError` when cancelled.
  public func run(_ plan: Plan) async throws -> ExecutionResult {
    throw APIError.internalFailure("todo")
  }
}

/// What a run needs besides its plan.
public struct ExecutionContext: Sendable {
  public var signals: QuerySignals
  public var progress: QueryProgress
  public var memory: MemoryBudget
  public var warnings: Warnings
  public var settings: QuerySettings
  /// Morsels that are worked on at the same time.
  public var workerCount: Int

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
