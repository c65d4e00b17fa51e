import Meanwhile
import MeanwhileData

/// Runs plans: compiles them to pipelines of batch operators, splits scans into morsels over the cores, merges partial states.
///
/// A plan falls into pipelines where rows must be seen together: at a limit, a sort, an aggregation. Each pipeline runs to its end before the next
/// one starts. Only columns that something behind reads are read or computed.
public struct Executor: Sendable {
  public var context: ExecutionContext

  public init(_ context: ExecutionContext) {
    self.context = context
  }

  /// Runs a plan to its end, a cancellation, or an early finish.
  ///
  /// - Throws: ``APIError``; `CancellationError` when cancelled.
  public func run(_ plan: Plan) async throws -> ExecutionResult {
    let run = PlanRun(context)
    let output = plan.output
    let pages = try await run.rows(of: plan, columns: output)
    let fields = output.map { Table.Field(name: $0.name, type: $0.type, originalTypes: $0.originalTypes) }
    return ExecutionResult(
      table: Table(fields: fields, pages: pages), isPartial: run.wasCutShort, documentsFound: run.documentsFound,
      valuesLoaded: run.valuesLoaded)
  }

  /// Runs a plan for its rows alone: the columns of ``Plan/output`` in batches, in order.
  public func pages(_ plan: Plan) async throws -> [Page] {
    try await run(plan).table.pages
  }
}
