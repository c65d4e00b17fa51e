import MeanwhileData
import MeanwhileEngine
import Synchronization

/// The passes over the data that an ``AggregationRun`` makes, one after another, in an order that the request fixes.
protocol AggregationPasses: Sendable {
  func table(of plan: Plan) async throws -> Table
}

/// Passes made by the engine. What they gave is kept, so that a run on its way can be shown.
final class EnginePasses: AggregationPasses {
  private struct State {
    var begunCount = 0
    var finished: [Table] = []
    /// How often somebody was shown what there was.
    var shownCount = 0
    var wasCutShort = false
  }

  private let execution: ExecutionContext
  private let firstPass = PlanWatch()
  private let laterPasses = PlanWatch()
  private let state = Mutex(State())

  init(_ execution: ExecutionContext) { self.execution = execution }

  /// Whether a pass ended early, because it was asked to.
  var wasCutShort: Bool { state.withLock { $0.wasCutShort } }

  func table(of plan: Plan) async throws -> Table {
    let isFirst = state.withLock { state in
      state.begunCount += 1
      return state.begunCount == 1
    }
    let result = try await Executor(execution).run(plan, watch: isFirst ? firstPass : laterPasses)
    state.withLock { state in
      state.finished.append(result.table)
      state.wasCutShort = state.wasCutShort || result.isPartial
    }
    return result.table
  }

  /// Of each segment, whether the first pass is done with it; nil before that begins.
  var segmentsRead: [Bool]? { firstPass.segmentsRead }

  /// How often what there was so far has been put together.
  var shownCount: Int { state.withLock { $0.shownCount } }

  /// What the passes have given so far: whole tables of those that ended, and what the current one has.
  func soFar() async -> RecordedPasses {
    let before = state.withLock { state in
      state.shownCount += 1
      return state.finished.count
    }
    let isFirst = before == 0
    let current = await (isFirst ? firstPass : laterPasses).current()?.table
    let finished = state.withLock { $0.finished }
    // The current pass may have ended meanwhile.
    return RecordedPasses(finished.count == before ? finished + (current.map { [$0] } ?? []) : finished)
  }
}

/// What passes gave, told once more. Those that had not begun give no rows.
final class RecordedPasses: AggregationPasses {
  private let tables: Mutex<ArraySlice<Table>>

  init(_ tables: [Table]) { self.tables = Mutex(tables[...]) }

  func table(of plan: Plan) async throws -> Table {
    tables.withLock { $0.popFirst() } ?? Table(fields: plan.output.map { Table.Field(name: $0.name, type: $0.type) })
  }
}

extension [Aggregation] {
  /// How many passes an ``AggregationRun`` makes over the data; fewer where fields are not mapped.
  var passCount: Int { reduce(1) { $0 + $1.passCount } }
}

extension Aggregation {
  fileprivate var passCount: Int {
    switch kind {
    case .metric(.cardinality, _): 1
    case .metric: 0
    case .terms, .dateHistogram, .histogram, .filter, .missing: children.passCount
    case .filters(let filters): filters.count * children.passCount
    }
  }
}
