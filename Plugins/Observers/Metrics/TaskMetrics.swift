#if Metrics
import CoreMetrics
import Meanwhile
import Synchronization

/// Counts and times what happens to tasks:
///
/// | Metric | Kind | Dimensions |
/// | --- | --- | --- |
/// | `meanwhile_tasks_total` | counter | `dialect`, `kind` (of ``TaskEvent``) |
/// | `meanwhile_tasks_queued`, `meanwhile_tasks_running` | gauge | `dialect` |
/// | `meanwhile_task_wait_seconds` | timer | `dialect` |
/// | `meanwhile_task_duration_seconds` | timer | `dialect`, `outcome` (`completed`, `failed`, `cancelled`) |
///
/// The wait is from submission to the run's beginning, the duration from submission to the end.
public final class TaskMetrics: Observer {
  private let factory: any MetricsFactory
  private let state = Mutex(State())

  private struct State {
    var counters: [Kind: Counter] = [:]
    var durations: [Kind: Timer] = [:]
    var dialects: [String: Dialect] = [:]
    /// Tasks whose run has begun.
    var running: Set<TaskNumber> = []
  }

  private struct Kind: Hashable {
    var dialect: String
    var event: TaskEvent.Kind
  }

  /// What a dialect's tasks are doing.
  private struct Dialect {
    var queued: Meter
    var running: Meter
    var wait: Timer
  }

  /// - Parameter factory: where the values go.
  public init(factory: any MetricsFactory = MetricsSystem.factory) { self.factory = factory }

  public func observe(_ event: TaskEvent) {
    let kind = Kind(dialect: event.dialect, event: event.kind)
    state.withLock { state in
      counter(of: kind, &state).increment()
      let dialect = dialect(event.dialect, &state)
      switch event.kind {
      case .admitted, .recovered: dialect.queued.increment()
      case .started:
        state.running.insert(event.taskID.number)
        dialect.queued.decrement()
        dialect.running.increment()
        dialect.wait.recordNanoseconds(event.elapsed.nanoseconds)
      case .completed, .failed, .cancelled:
        let wasRunning = state.running.remove(event.taskID.number) != nil
        (wasRunning ? dialect.running : dialect.queued).decrement()
        duration(of: kind, &state).recordNanoseconds(event.elapsed.nanoseconds)
      default: break
      }
    }
  }

  private func counter(of kind: Kind, _ state: inout State) -> Counter {
    if let known = state.counters[kind] { return known }
    let dimensions = [("dialect", kind.dialect), ("kind", kind.event.rawValue)]
    let made = Counter(label: "meanwhile_tasks_total", dimensions: dimensions, factory: factory)
    state.counters[kind] = made
    return made
  }

  private func duration(of kind: Kind, _ state: inout State) -> Timer {
    if let known = state.durations[kind] { return known }
    let dimensions = [("dialect", kind.dialect), ("outcome", kind.event.rawValue)]
    let made = Timer(label: "meanwhile_task_duration_seconds", dimensions: dimensions, factory: factory)
    state.durations[kind] = made
    return made
  }

  private func dialect(_ name: String, _ state: inout State) -> Dialect {
    if let known = state.dialects[name] { return known }
    let dimensions = [("dialect", name)]
    let made = Dialect(
      queued: Meter(label: "meanwhile_tasks_queued", dimensions: dimensions, factory: factory),
      running: Meter(label: "meanwhile_tasks_running", dimensions: dimensions, factory: factory),
      wait: Timer(label: "meanwhile_task_wait_seconds", dimensions: dimensions, factory: factory))
    state.dialects[name] = made
    return made
  }
}
#endif
