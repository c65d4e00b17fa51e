import Meanwhile
import MeanwhileData
import Synchronization

/// Lets others see what a running plan has so far: the rows collected, or the aggregates of the rows read, taken through the rest of the plan. Watching costs
/// nothing until somebody asks, and the run waits at most for one copy of one worker's state.
public final class PlanWatch: Sendable {
  private let running = Mutex<(run: PlanRun, fields: [Table.Field])?>(nil)
  private let counts = Mutex<PlanRun.Counts?>(nil)

  public init() {}

  func begin(_ run: PlanRun, fields: [Table.Field]) {
    running.withLock { $0 = (run, fields) }
    counts.withLock { $0 = run.counts }
  }

  /// What the run holds is freed; what it counted stays.
  func end() { running.withLock { $0 = nil } }

  /// Documents that the scans have given so far, also after the end.
  public var documentsFound: Int { counts.withLock { $0 }?.documentsFound.load(ordering: .relaxed) ?? 0 }

  /// Of each segment of the scan, whether nothing of it is left to be read; also after the end. Nil before the scan begins.
  public var segmentsRead: [Bool]? { counts.withLock { $0 }?.rowsLeft.withLock { $0?.map { $0 == 0 } } }

  /// What the plan has so far; nil before it begins, after it ends, and for the moment in which states are merged. Over the query's memory
  /// budget it is nil too: the run must not fail for it.
  public func current() async -> ExecutionResult? {
    guard let (run, fields) = running.withLock({ $0 }), let pages = try? await run.soFar() else { return nil }
    return ExecutionResult(table: Table(fields: fields, pages: pages), isPartial: true, counts: run.counts)
  }
}
