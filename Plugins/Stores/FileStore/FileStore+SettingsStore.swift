import Meanwhile
import Synchronization

extension FileStore: SettingsStore {
  public func loadSettings() async throws -> JSONObject {
    try await settings.load()
  }

  public func saveSettings(_ settings: JSONObject) async throws {
    try await self.settings.save(settings)
  }

  /// Elasticsearch's name; there it may be a share of the memory too.
  public static let indexBufferSize = Setting.bytes(
    "indices.memory.index_buffer_size", default: FileStoreOptions().flushBytes, in: 1 << 20...1 << 30,
    "Documents of all indices, in bytes, that are held in memory before they are written to segment files. While they are written as many may be taken in; "
      + "what comes beyond waits.")

  /// Heeds ``indexBufferSize`` from now on.
  public func heed(_ settings: Settings) {
    indexJournal.bufferBytes.store(settings[Self.indexBufferSize], ordering: .relaxed)
  }
}
