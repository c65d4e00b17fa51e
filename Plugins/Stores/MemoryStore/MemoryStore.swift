import Meanwhile
import Synchronization

/// A store that keeps everything in memory: for embedding, for tests, and for a server that need not remember.
///
/// Its halves: `MemoryStore+TaskStore.swift` keeps tasks and results, `MemoryStore+IndexStore.swift` keeps indices.
public final class MemoryStore: Sendable {
  let tasks = Mutex(TaskTable())

  public init() {}
}
