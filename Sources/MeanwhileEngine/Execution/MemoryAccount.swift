import Meanwhile
import Synchronization

/// What one run holds of its query's memory budget: all of it is given back when the run ends, whichever way.
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

  deinit { budget.release(held.load(ordering: .relaxed)) }
}
