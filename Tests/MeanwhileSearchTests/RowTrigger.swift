import Meanwhile
import MeanwhileEngine
import Synchronization
import Testing

/// Counts the rows that a `must_not` is asked about, and does something once there are enough: how a test acts in the middle of a search.
final class RowTrigger: Sendable {
  private struct State {
    var count = 0
    var action: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())
  private let threshold: Int

  init(after threshold: Int) { self.threshold = threshold }

  /// Says what is done, once, on the search's thread.
  func set(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.action = action } }

  /// The standard functions, with a negation that counts.
  var functions: FunctionRegistry {
    var registry = FunctionRegistry.standard
    guard let not = registry.scalar(OperatorName.not) else { return registry }
    registry.add(
      ScalarFunction(name: not.name, documentation: not.documentation) { arguments throws(FunctionError) in
        let resolution = try not.resolve(arguments)
        return ScalarFunction.Resolution(
          type: resolution.type,
          kernel: .lazy { arguments, frame in
            self.count(frame.rowCount)
            switch resolution.kernel {
            case .lazy(let compute): return try compute(arguments, frame)
            case .eager(let compute): return try compute(try arguments.map { try $0.evaluate(frame) }, frame)
            }
          })
      })
    return registry
  }

  private func count(_ rowCount: Int) {
    let action = state.withLock { state in
      state.count += rowCount
      return state.count >= threshold ? state.action.take() : nil
    }
    action?()
  }
}

/// Holds a search in the middle until a test has seen what it wants.
final class Holdup: Sendable {
  private let isReached = Atomic<Bool>(false)
  private let isOpen = Atomic<Bool>(false)

  /// Called on the run's thread, which waits: half a minute at most, so that a test that fails still ends.
  func hold() {
    isReached.store(true, ordering: .sequentiallyConsistent)
    let clock = SystemTimeSource()
    let deadline = clock.uptimeNanoseconds() + 30_000_000_000
    while !isOpen.load(ordering: .sequentiallyConsistent), clock.uptimeNanoseconds() < deadline {}
  }

  func reached() async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !isReached.load(ordering: .sequentiallyConsistent) {
      try #require(ContinuousClock.now < deadline, "nothing ran that far")
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  func open() { isOpen.store(true, ordering: .sequentiallyConsistent) }
}
