import Meanwhile
import MeanwhileFileStore
import MeanwhileTestKit
import Testing

@Suite("What the file store acknowledged about tasks survives")
struct CrashTests {
  @Test("a loss of power at every single call", arguments: [1, 2] as [UInt64])
  func everyCall(seed: UInt64) async throws {
    var call = 0
    while try await CrashHarness().life(seed: seed, losingPowerAt: call).lostPower { call += 1 }
    // The workload is long enough to have met them all: opening, segments, cleaning, result files.
    #expect(call > 150)
  }

  @Test("storms of lost power, failing calls, failing syncs and full disks")
  func storms() async throws {
    var faults: [String: Int] = [:]
    for seed in 0..<300 as Range<UInt64> {
      do {
        let files = try await CrashHarness().storm(seed: seed)
        faults.merge(files.faultCounts) { $0 + $1 }
      } catch {
        Issue.record("seed \(seed): \(error)")
        return
      }
    }
    for fault in ["write torn", "write lost", "name change lost", "failed sync", "disk full", "power lost at write", "power lost at sync"] {
      #expect(faults[fault, default: 0] > 0, "no storm had [\(fault)]")
    }
  }

  @Test("and the same seed gives the same calls")
  func reproducible() async throws {
    let calls = try await CrashHarness().storm(seed: 77).calls
    #expect(try await CrashHarness().storm(seed: 77).calls == calls)
  }

  @Test(
    "which a store that leaves syncs out does not achieve, and the harness sees it",
    arguments: [.sync, .syncDirectory] as [SimulatedFileSystem.Call.Operation])
  func plantedBug(ignored: SimulatedFileSystem.Call.Operation) async throws {
    let harness = CrashHarness(ignored: ignored)
    var found = 0
    for call in stride(from: 0, to: 200, by: 5) {
      do {
        _ = try await harness.life(seed: 1, losingPowerAt: call)
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
    for number in 1...60 as ClosedRange<TaskNumber> {
      let size = [0, 100, 1_000, 5_000][Int(number % 4)]
      let before = files.calls.count
      try await store.insert(TaskExamples.record(number), result: TaskExamples.result([UInt8](repeating: 7, count: size)))
      // Nothing is left that a loss of power could take, and the last call was not the write but its sync.
      #expect(files.unsynced == [])
      let calls = files.calls[before...].map(\.operation)
      let lastWrite = try #require(calls.lastIndex(of: .write))
      #expect(calls[lastWrite...].contains(.sync))
    }
  }

  @Test("with one sync for a kept result and its record, when the result is small")
  func oneSync() async throws {
    let files = SimulatedFileSystem(seed: 1)
    let store = try await CrashHarness().open(files, seed: 1)
    try await store.insert(TaskExamples.record(1), result: TaskExamples.result([1, 2, 3]))
    let before = files.calls.count
    try await store.insert(TaskExamples.record(2), result: TaskExamples.result([1, 2, 3]))
    #expect(files.calls[before...].map(\.operation) == [.write, .sync])
  }
}
