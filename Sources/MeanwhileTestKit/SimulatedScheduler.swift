import Meanwhile
import Synchronization

/// Concurrency on one thread, in an order that a seed decides and repeats.
///
/// Whatever is started here waits in a list until ``runNext()`` picks it; so does each later part of it, and each turn on an actor that it enters. Nothing
/// runs beside the caller of ``runNext()``, so between two calls the world stands still and can be looked at.
///
/// ```swift
/// let scheduler = SimulatedScheduler(seed: 7)
/// builder.environment = Environment(time: time, random: random, spawner: scheduler)
/// scheduler.spawn { await client(of: service) }
/// while scheduler.runNext() {}
/// ```
///
/// What hands itself to a thread of its own (a dispatch queue, `Task.detached` without a preference, `Task.sleep`) escapes: give the code under test a seam for it.
public final class SimulatedScheduler: TaskExecutor, Spawner {
  private struct State {
    var ready: [UnownedJob] = []
    var random: SeededRandom
  }

  private let state: Mutex<State>

  public init(seed: UInt64) {
    state = Mutex(State(random: SeededRandom(seed: seed)))
  }

  /// Whether nothing can run before something else happens, such as the passing of time.
  public var isIdle: Bool { state.withLock { $0.ready.isEmpty } }

  /// Runs one of the jobs that are ready until it ends or waits.
  ///
  /// - Returns: whether there was one.
  @discardableResult
  public func runNext() -> Bool {
    let job = state.withLock { state -> UnownedJob? in
      guard !state.ready.isEmpty else { return nil }
      return state.ready.remove(at: Int.random(in: 0..<state.ready.count, using: &state.random))
    }
    job?.runSynchronously(on: asUnownedTaskExecutor())
    return job != nil
  }

  /// Runs jobs until none is ready.
  ///
  /// - Parameter jobsMax: ends a simulation that would never come to rest.
  /// - Returns: whether it came to rest.
  @discardableResult
  public func runUntilIdle(jobsMax: Int = 1_000_000) -> Bool {
    for _ in 0..<jobsMax where !runNext() { return true }
    return isIdle
  }

  /// Starts work and runs it before all that is ready, until it ends or waits: for a look at what an actor holds.
  ///
  /// - Returns: whether it has ended; not so where an actor that it enters has others to serve first.
  @discardableResult
  public func runAtOnce(_ work: @escaping @Sendable () async -> Void) -> Bool {
    let readyBefore = state.withLock { $0.ready.count }
    let end = End()
    spawn {
      await work()
      end.hasCome.store(true, ordering: .relaxed)
    }
    // A hop to an actor is a job of its own, and the newest.
    while !end.hasCome.load(ordering: .relaxed) {
      let newest = state.withLock { $0.ready.count > readyBefore ? $0.ready.removeLast() : nil }
      guard let newest else { return false }
      newest.runSynchronously(on: asUnownedTaskExecutor())
    }
    return true
  }

  private final class End: Sendable {
    let hasCome = Atomic(false)
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.ready.append(job) }
  }

  @discardableResult
  public func spawn(_ work: @escaping @Sendable () async -> Void) -> Cancellation {
    let task = Task.detached(executorPreference: self, priority: .medium) { await work() }
    return { task.cancel() }
  }

  @discardableResult
  public func spawnRun(_ work: @escaping @Sendable () async -> Void) -> Cancellation { spawn(work) }
}
