import Meanwhile
import MeanwhileData
import Synchronization

/// A store that keeps everything in memory: for embedding, for tests, and for a server that need not remember.
///
/// Its parts: `MemoryStore+TaskStore.swift` keeps tasks and results, `MemoryStore+IndexStore.swift` keeps indices.
public final class MemoryStore: Sendable {
  let tasks = Mutex(TaskTable())
  /// Indices by name.
  let indexWriters = Mutex<[String: IndexWriter]>([:])
  let settings = Mutex(JSONObject())
  let time: any TimeSource
  let random: any RandomSource

  public init(time: any TimeSource = SystemTimeSource(), random: any RandomSource = SystemRandomSource()) {
    self.time = time
    self.random = random
  }
}

extension MemoryStore: SettingsStore {
  public func loadSettings() async throws -> JSONObject { settings.withLock { $0 } }

  public func saveSettings(_ settings: JSONObject) async throws { self.settings.withLock { $0 = settings } }
}
