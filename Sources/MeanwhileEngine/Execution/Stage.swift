import Meanwhile
import MeanwhileData

/// A part of a plan that must see all its rows before it gives any, with the pipeline that leads up to it. A plan is a list of stages: each reads data, or
/// what stages before it gave.
struct Stage: Sendable {
  enum Operation: Sendable {
    /// The rows as they come, or the first of them.
    case collect(limit: Int?)
    case limitBy(LimitBy)
    case sort(RowSort)
    case window(WindowRows)
    case top(TopRows.Specification)
    /// The channels are of ``Aggregator/result()``.
    case aggregate(Aggregator.Specification, channels: [Int])
    /// The rows of stages one after another, with columns of these types.
    case unite([Int], [DataType])
  }

  var pipeline: Pipeline
  var operation: Operation

  /// The stages whose rows it reads.
  var inputs: [Int] {
    var inputs: [Int] = []
    if case .stage(let number) = pipeline.source { inputs.append(number) }
    for step in pipeline.steps { if case .joinWithStage(let number, _) = step { inputs.append(number) } }
    if case .unite(let numbers, _) = operation { inputs += numbers }
    return inputs
  }
}

/// What making a stage's result needs besides its rows: those of the run, or of somebody who watches it.
struct StageScope: Sendable {
  var frame: EvaluationFrame
  var memory: MemoryAccount
  /// One for the source, each step and the sink of the stage's pipeline; empty where nobody counts.
  var meters: [StepMeter] = []

  var signals: QuerySignals { frame.signals }

  init(_ context: ExecutionContext) {
    frame = EvaluationFrame(
      rowCount: 0, page: Page(rowCount: 0, columns: []), warnings: context.warnings, settings: context.settings, signals: context.signals,
      origin: .none)
    memory = MemoryAccount(context.memory)
  }
}
