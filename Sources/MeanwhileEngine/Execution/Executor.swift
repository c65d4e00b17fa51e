import Meanwhile
import MeanwhileData
import Synchronization

/// Runs plans: compiles them to pipelines of batch operators, splits scans into morsels over the cores, merges partial states.
///
/// A plan falls into stages where rows must be seen together: at a limit, a sort, an aggregation. Each stage runs to its end before the next one starts.
/// An early finish ends the stages that read data; those behind them run to their end over what was read.
public struct Executor: Sendable {
  public var context: ExecutionContext

  public init(_ context: ExecutionContext) {
    self.context = context
  }

  /// Runs a plan to its end, a cancellation, or an early finish.
  ///
  /// - Parameter watch: where others see what there is so far.
  /// - Throws: ``APIError``; `CancellationError` when cancelled.
  public func run(_ plan: Plan, watch: PlanWatch? = nil) async throws -> ExecutionResult {
    let run = PlanRun(try PlanCompiler.stages(of: plan), context)
    let fields = plan.output.map { Table.Field(name: $0.name, type: $0.type, originalTypes: $0.originalTypes) }
    watch?.begin(run, fields: fields)
    defer { watch?.end() }
    let pages = try await run.pages()
    return ExecutionResult(
      table: Table(fields: fields, pages: pages), isPartial: run.counts.wasCutShort.load(ordering: .relaxed), counts: run.counts,
      profile: run.profile)
  }

  /// Runs a plan for its rows alone: the columns of ``Plan/output`` in batches, in order.
  public func pages(_ plan: Plan) async throws -> [Page] {
    try await run(plan).table.pages
  }
}
