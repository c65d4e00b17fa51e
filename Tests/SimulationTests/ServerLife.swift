import MeanwhileFileStore
import MeanwhileTestKit
import Synchronization

@testable import Meanwhile

/// One life of the server: from its start on what the disk holds, to a crash or a shutdown.
final class ServerLife: Sendable {
  let number: Int
  let time: SimulatedTimeSource
  /// The wall clock at its start, from which the manager's own goes on, whatever is done to the wall's.
  let start: Timestamp
  let store: FileStore
  let service: Service
  let events: TaskEventCounter
  private let state = Mutex(State())

  private struct State {
    var isClosing = false
    var isOver = false
    var hadFault = false
    var openAskings: [Int: Asking] = [:]
    var isChangingSettings = false
    var figuresBefore = ManagerFigures()
  }

  /// Something that a client is waiting for.
  struct Asking: Sendable {
    var disconnection: Disconnection
    var cancel: Spawner.Cancellation
  }

  init(number: Int, time: SimulatedTimeSource, start: Timestamp, store: FileStore, service: Service, events: TaskEventCounter) {
    self.number = number
    self.time = time
    self.start = start
    self.store = store
    self.service = service
    self.events = events
  }

  /// The time by which tasks expire in this life.
  var steadyNow: Timestamp { start.advanced(by: TimeValue(nanoseconds: Int64(clamping: time.uptimeNanoseconds()))) }

  /// Told to shut down: refusing is fine.
  var isClosing: Bool {
    get { state.withLock { $0.isClosing } }
    set { state.withLock { $0.isClosing = newValue } }
  }

  /// Power is lost: what is still answered reaches nobody.
  var isOver: Bool {
    get { state.withLock { $0.isOver } }
    set { state.withLock { $0.isOver = newValue } }
  }

  /// The disk failed in this life, so the store may say so.
  var hadFault: Bool {
    get { state.withLock { $0.hadFault } }
    set { state.withLock { $0.hadFault = newValue } }
  }

  // MARK: Settings

  /// - Returns: false while another change is on its way.
  func beginSettingsChange() -> Bool {
    state.withLock { state in
      defer { state.isChangingSettings = true }
      return !state.isChangingSettings
    }
  }

  func endSettingsChange() { state.withLock { $0.isChangingSettings = false } }

  /// What the manager held when it was looked at before; the next time it is what it holds now.
  func replaceFigures(_ figures: ManagerFigures) -> ManagerFigures {
    state.withLock { state in
      defer { state.figuresBefore = figures }
      return state.figuresBefore
    }
  }

  // MARK: Who waits

  func begin(_ key: Int, _ asking: Asking) { state.withLock { $0.openAskings[key] = asking } }

  func end(_ key: Int) { state.withLock { $0.openAskings[key] = nil } }

  /// The askings that have no answer yet, in order.
  var openAskings: [(key: Int, asking: Asking)] {
    state.withLock { state in state.openAskings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
  }
}

/// What a manager holds at one moment.
struct ManagerFigures: Sendable, Hashable {
  var running = 0
  var queued = 0
  var unfinished = 0
  var resident = 0
  var loading = 0
  var waiters = 0
  var continuations = 0
  var runs = 0
  var memoryBytes = 0
}

extension AsyncTaskManager {
  /// Lets somebody look at what is held, and at the limits in force, while nothing moves.
  func look(_ body: @Sendable (ManagerFigures, ServiceLimits) -> Void) async {
    let (figures, limits) = state.withLock { (ManagerFigures(of: $0, memoryBytes: memory.bytesUsed), $0.machine.limits) }
    body(figures, limits)
  }
}

extension ManagerFigures {
  fileprivate init(of state: AsyncTaskManager.State, memoryBytes: Int) {
    let machine = state.machine
    self.init(
      running: machine.runningCount, queued: machine.queue.count, unfinished: machine.tasks.values.count(where: \.phase.isUnfinished),
      resident: machine.tasks.count, loading: machine.loading.count, waiters: machine.waiters.count,
      continuations: state.waiting.count + state.answered.count, runs: state.runs.count, memoryBytes: memoryBytes)
  }
}
