import MeanwhileData
import Synchronization

/// Where a pipeline's batches end: one for each worker, which gives it whole morsels, in ascending order.
protocol PipelineSink: AnyObject, SendableMetatype {
  func begin(morsel: Int)
  func consume(_ page: Page, _ frame: EvaluationFrame) throws
  /// Whether the morsel need not be read on.
  var isSatisfied: Bool { get }
  /// Whether no morsel need be read on.
  var isFinished: Bool { get }
  func end(morsel: Int)
  /// Rows of the morsel were passed over, since none of them can be of use.
  func pass(rowCount: Int)
  /// What a row must meet to be of use, where it is known.
  var bound: RowBound? { get }
  /// Whether it may be satisfied before all rows are read.
  var mayEndEarly: Bool { get }
  /// Bytes held, for the memory budget.
  var byteCount: Int { get }
  /// Rows of a batch that is read for it, at most.
  static var rowCountMax: Int { get }
}

extension PipelineSink {
  func begin(morsel: Int) {}
  func end(morsel: Int) {}
  func pass(rowCount: Int) {}
  var isSatisfied: Bool { false }
  var isFinished: Bool { false }
  var bound: RowBound? { nil }
  var mayEndEarly: Bool { false }
  static var rowCountMax: Int { Page.rowCountMax }
}

/// One worker's sink, in the worker's hands while it works on a batch, and in a reader's between two batches.
///
/// `@unchecked Sendable`: the sink is touched under ``lock`` only.
final class WorkerSlot<Sink: PipelineSink>: @unchecked Sendable {
  private let lock = Mutex<Void>(())
  private let sink: Sink

  init(_ sink: Sink) { self.sink = sink }

  func withSink<Result>(_ body: (Sink) throws -> Result) rethrows -> Result {
    try lock.withLock { _ in try body(sink) }
  }
}
