import Meanwhile
import MeanwhileData
import MeanwhileFileStore
import MeanwhileTestKit
import Testing

@Suite("What the file store acknowledged about documents survives")
struct IndexCrashTests {
  @Test("a loss of power at every single call", arguments: [2] as [UInt64])
  func everyCall(seed: UInt64) async throws {
    var call = 0
    while try await Self.life(seed: seed, losingPowerAt: call) { call += 1 }
    #expect(call > 100)
  }

  @Test("storms of lost power, failing calls, failing syncs and full disks")
  func storms() async throws {
    for seed in 0..<60 as Range<UInt64> {
      do {
        try await Self.storm(seed: seed)
      } catch {
        Issue.record("seed \(seed): \(error)")
        return
      }
    }
  }

  @Test(
    "which a store that leaves syncs out does not achieve, and the harness sees it",
    arguments: [.sync, .syncDirectory] as [SimulatedFileSystem.Call.Operation])
  func plantedBug(ignored: SimulatedFileSystem.Call.Operation) async throws {
    let harness = CrashHarness(ignored: ignored)
    var found = 0
    for call in stride(from: 0, to: 160, by: 5) {
      do {
        _ = try await Self.life(seed: 1, losingPowerAt: call, harness)
      } catch {
        found += 1
      }
    }
    #expect(found > 0)
  }

  @Test("because every acknowledgement comes after the sync of what it acknowledges")
  func acknowledgedAfterSync() async throws {
    let files = SimulatedFileSystem(seed: 1)
    let store = try await CrashHarness().open(files, seed: 1)
    try await store.createIndex(
      IndexDefinition(name: "access", uuid: "u", created: Timestamp(milliseconds: 1), mapping: Mapping()))
    #expect(files.unsynced == [])
    for number in 0..<40 {
      let source = Array("{\"n\":\(number)}".utf8)
      _ = try await store.write([DocumentWrite(operation: .index, id: "\(number)", source: source)], to: "access")
      #expect(files.unsynced.filter { !$0.hasSuffix("/segments") } == [])
    }
  }

  /// One life that ends at a call, and what is there afterwards; twice, with some work between.
  private static func life(seed: UInt64, losingPowerAt call: Int, _ harness: CrashHarness = CrashHarness()) async throws -> Bool {
    let files = SimulatedFileSystem(seed: seed)
    var workload = IndexWorkload(seed: seed)
    files.losePower(atCall: call)
    if let store = try? await harness.open(files, seed: seed) { await workload.run(40, on: store, files: files) }
    let lostPower = files.hasLostPower
    for _ in 0..<2 {
      files.losePower()
      files.restart()
      let store = try await harness.open(files, seed: seed)
      try await workload.check(store)
      await workload.run(4, on: store, files: files)
      try await workload.check(store)
    }
    return lostPower
  }

  private static func storm(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed ^ 0x5EED)
    let harness = CrashHarness()
    let files = SimulatedFileSystem(seed: seed)
    var workload = IndexWorkload(seed: seed)
    for _ in 0..<4 {
      files.setBytesMax(.max)
      let store = try await harness.open(files, seed: seed)
      try await workload.check(store)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: files.losePower(atCall: Int.random(in: 0..<120, using: &random))
      case 1: files.fail(call: Int.random(in: 0..<60, using: &random))
      case 2: files.fail(next: .sync, onPathEnding: [".log", ".segment", ".new"].randomElement(using: &random) ?? "")
      case 3: files.setBytesMax(Int.random(in: 2_000..<60_000, using: &random))
      default: break
      }
      await workload.run(Int.random(in: 5..<30, using: &random), on: store, files: files)
      if random.chance(0.2) { await store.close() }
      files.losePower()
      files.restart()
    }
    files.setBytesMax(.max)
    try await workload.check(try await harness.open(files, seed: seed))
  }
}
