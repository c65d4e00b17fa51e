import Meanwhile
import Synchronization

/// An ``Observer`` that counts what it is told, and knows what must add up.
public final class TaskEventCounter: Observer {
  private let counts = Mutex<[TaskEvent.Kind: Int]>([:])

  public init() {}

  public func observe(_ event: TaskEvent) {
    counts.withLock { $0[event.kind, default: 0] += 1 }
  }

  /// How many events of a kind there were.
  public subscript(kind: TaskEvent.Kind) -> Int { counts.withLock { $0[kind, default: 0] } }

  /// How many tasks have begun and not ended, by what was observed.
  public var unfinishedCount: Int {
    self[.admitted] + self[.recovered] - self[.completed] - self[.failed] - self[.cancelled]
  }

  /// What does not add up, if something does not: see ``TaskEvent/Kind``.
  ///
  /// - Parameter unfinished: how many tasks are queued or running.
  public func contradiction(unfinished: Int) -> String? {
    if self[.submitted] != self[.admitted] + self[.rejected] {
      return "\(self[.submitted]) were submitted, \(self[.admitted]) admitted and \(self[.rejected]) rejected"
    }
    if unfinishedCount != unfinished { return "\(unfinishedCount) have begun and not ended by the events, \(unfinished) in truth" }
    return nil
  }
}
