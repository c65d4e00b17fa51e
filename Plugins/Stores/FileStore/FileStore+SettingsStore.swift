import Meanwhile

extension FileStore: SettingsStore {
  public func loadSettings() async throws -> JSONObject {
    try await settings.load()
  }

  public func saveSettings(_ settings: JSONObject) async throws {
    try await self.settings.save(settings)
  }
}
