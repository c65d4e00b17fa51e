import Meanwhile
import MeanwhileFileStore
import MeanwhileTestKit
import Testing

@Suite("A data directory")
struct DataDirectoryTests {
  private static let caller = FileStoreOptions(execution: .caller)

  private func refusal(_ files: any FileSystem, _ path: String = "/data") async throws -> APIError {
    try #require(
      await #expect(throws: APIError.self) { _ = try await FileStore(opening: path, options: Self.caller, fileSystem: files) })
  }

  private func put(_ text: String, at path: String, _ files: some FileSystem) throws {
    let file = try files.open(path, .create)
    try file.write(Array(text.utf8), at: 0)
  }

  @Test("is made where nothing is, with the directories above it")
  func made() async throws {
    let files = SimulatedFileSystem(seed: 1)
    let store = try await FileStore(opening: "/var/lib/meanwhile", options: Self.caller, fileSystem: files)
    try await store.insert(TaskExamples.record(1), result: nil)
    files.losePower()
    files.restart(keeping: .nothing)
    let again = try await FileStore(opening: "/var/lib/meanwhile/", options: Self.caller, fileSystem: files)
    #expect(try await again.load(1) == TaskExamples.record(1))
  }

  @Test("keeps the names of its node and its cluster")
  func identity() async throws {
    let files = SimulatedFileSystem(seed: 1)
    let store = try await FileStore(opening: "/data", options: Self.caller, fileSystem: files)
    await store.close()
    files.losePower()
    files.restart(keeping: .nothing)
    let again = try await FileStore(opening: "/data", options: Self.caller, fileSystem: files)
    #expect(again.nodeID == store.nodeID && again.clusterUUID == store.clusterUUID)
    #expect(again.nodeID.count == 22 && again.nodeID != again.clusterUUID)
    let other = try await FileStore(opening: "/other", options: Self.caller, fileSystem: files)
    #expect(other.nodeID != again.nodeID)
  }

  @Test("is used by one process at a time; the other is told of --server")
  func locked() async throws {
    let files = SimulatedFileSystem(seed: 1)
    let store = try await FileStore(opening: "/data", options: Self.caller, fileSystem: files)
    let error = try await refusal(files)
    #expect(error.reason.contains("--server URL"))
    #expect(error.reason.contains("[/data]"))
    await store.close()
    _ = try await FileStore(opening: "/data", options: Self.caller, fileSystem: files)
  }

  @Test("of somebody else's is refused and left as it was")
  func foreign() async throws {
    let files = SimulatedFileSystem(seed: 1)
    try files.makeDirectory("/data")
    try put("dear diary", at: "/data/notes.txt", files)
    #expect(try await refusal(files).reason.contains("is not a data directory of Meanwhile"))
    #expect(try files.list("/data") == ["notes.txt"])
  }

  @Test(
    "of a newer version, or with a strange marker, is refused",
    arguments: [
      ("{\"format\":\"meanwhile data directory\",\"version\":99}", "written by a newer version"),
      ("{\"format\":\"something else\",\"version\":1}", "is not its marker"), ("\u{0}", "is not its marker"),
      ("{\"format\":\"meanwhile data directory\",\"version\":1}", "lacks [node_id]"),
    ])
  func markers(marker: String, reason: String) async throws {
    let files = SimulatedFileSystem(seed: 1)
    try files.makeDirectory("/data")
    try put(marker, at: "/data/meanwhile.json", files)
    #expect(try await refusal(files).reason.contains(reason))
    // The lock was given back.
    #expect(throws: Never.self) { try files.lock("/data/LOCK").release() }
  }

  @Test("that is a file is refused")
  func notADirectory() async throws {
    let files = SimulatedFileSystem(seed: 1)
    try put("x", at: "/data", files)
    #expect(try await refusal(files).reason.contains("[/data]"))
  }
}
