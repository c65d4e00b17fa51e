import Meanwhile
import MeanwhileFileStore
import MeanwhileTestKit
import Testing

@Suite("Settings on disk")
struct SettingsFileTests {
  private func open(_ files: SimulatedFileSystem) async throws -> FileStore {
    try await FileStore(opening: "/data", options: FileStoreOptions(execution: .caller), fileSystem: files)
  }

  @Test("are empty until one is saved, and then survive a loss of power")
  func survive() async throws {
    let files = SimulatedFileSystem(seed: 1)
    let store = try await open(files)
    #expect(try await store.loadSettings() == [:])
    try await store.saveSettings(["a": "1"])
    try await store.saveSettings(["a": "2", "b": "3"])
    files.losePower()
    files.restart(keeping: .nothing)
    #expect(try await open(files).loadSettings() == ["a": "2", "b": "3"])
  }

  @Test("that are damaged are named, not forgotten")
  func damaged() async throws {
    let files = SimulatedFileSystem(seed: 1)
    let store = try await open(files)
    try await store.saveSettings(["a": "1"])
    let file = try files.open("/data/settings.json", .update)
    try file.write(Array("?".utf8), at: 0)
    let error = try #require(await #expect(throws: APIError.self) { _ = try await store.loadSettings() })
    #expect(error.reason.contains("[/data/settings.json] is damaged"))
  }
}
