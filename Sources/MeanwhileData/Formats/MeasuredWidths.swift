import Synchronization

/// The widths of a text table's columns, measured when they are first needed.
final class MeasuredWidths: Sendable {
  private let measured = Mutex<[Int]?>(nil)

  func value(_ measure: () -> [Int]) -> [Int] {
    if let known = measured.withLock({ $0 }) { return known }
    // A stream has one consumer, so nobody else measures at the same time.
    let widths = measure()
    measured.withLock { $0 = widths }
    return widths
  }
}
