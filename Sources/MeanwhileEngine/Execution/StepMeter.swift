import MeanwhileData
import Synchronization

/// What one step of a pipeline has done so far, all workers together.
final class StepMeter: Sendable {
  private let nanoseconds = Atomic<UInt64>(0)
  private let pages = Atomic<Int>(0)
  private let rowsReceived = Atomic<Int>(0)
  private let rows = Atomic<Int>(0)
  private let bytes = Atomic<Int>(0)

  /// Counts a batch that was worked on.
  ///
  /// - Parameter rowsReceived: nil where a batch goes on that was counted before.
  func add(nanoseconds: UInt64, rowsReceived: Int?) {
    self.nanoseconds.add(nanoseconds, ordering: .relaxed)
    guard let rowsReceived else { return }
    pages.add(1, ordering: .relaxed)
    self.rowsReceived.add(rowsReceived, ordering: .relaxed)
  }

  /// Counts a batch that was given.
  func emit(_ page: Page) {
    rows.add(page.rowCount, ordering: .relaxed)
    bytes.add(page.byteCount, ordering: .relaxed)
  }

  /// What an operator of a profile says of the step.
  func note(in step: inout ExecutionProfile.Operator) {
    step.nanoseconds = nanoseconds.load(ordering: .relaxed)
    step.pages = pages.load(ordering: .relaxed)
    step.rowsReceived = rowsReceived.load(ordering: .relaxed)
    step.rows = rows.load(ordering: .relaxed)
    step.bytes = bytes.load(ordering: .relaxed)
  }
}
