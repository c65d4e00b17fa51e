import Meanwhile
import Synchronization

/// What one stage of a run holds of its query's memory budget: all of it is given back when the stage's rows are no longer needed, whichever way.
final class MemoryAccount: Sendable {
  private let budget: MemoryBudget
  private let held = Atomic<Int>(0)

  init(_ budget: MemoryBudget) { self.budget = budget }

  /// - Throws: `circuit_breaking_exception` (429).
  func reserve(_ bytes: Int) throws {
    guard bytes > 0 else { return release(-bytes) }
    try budget.reserve(bytes)
    held.add(bytes, ordering: .relaxed)
  }

  func release(_ bytes: Int) {
    guard bytes > 0 else { return }
    held.subtract(bytes, ordering: .relaxed)
    budget.release(bytes)
  }

  /// Holds so many bytes, no more and no less.
  ///
  /// - Throws: `circuit_breaking_exception` (429).
  func resize(to bytes: Int) throws {
    try reserve(bytes - held.load(ordering: .relaxed))
  }

  deinit { budget.release(held.load(ordering: .relaxed)) }
}
