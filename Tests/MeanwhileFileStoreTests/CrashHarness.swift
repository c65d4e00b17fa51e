import Meanwhile
import MeanwhileFileStore
import MeanwhileTestKit

/// Runs a workload on a store whose machine fails, and checks what is there when it comes up again.
struct CrashHarness {
  /// A planted bug: syncs that do nothing.
  var ignored: SimulatedFileSystem.Call.Operation?

  /// Small enough that a short workload fills segments, cleans them, and has results in files.
  static let options = FileStoreOptions(
    execution: .caller, segmentBytesMax: 2 << 10, logBytesMin: 6 << 10, inlineResultBytesMax: 256,
    flushBytes: 6 << 10)

  func open(_ files: SimulatedFileSystem, seed: UInt64) async throws -> FileStore {
    if let ignored { files.ignore(ignored) }
    return try await FileStore(
      opening: "/data", options: Self.options, fileSystem: files, random: SeededRandomSource(seed: seed &+ UInt64(files.callCount)))
  }

  /// One life: some operations, with the power lost at a call; then the machine comes up and everything is checked; and once more.
  ///
  /// - Returns: whether the power was lost while the workload ran, and the files, for what happened to them.
  func life(seed: UInt64, losingPowerAt call: Int, operations: Int = 60) async throws -> (lostPower: Bool, files: SimulatedFileSystem) {
    let files = SimulatedFileSystem(seed: seed)
    var workload = TaskWorkload(seed: seed)
    files.losePower(atCall: call)
    if let store = try? await open(files, seed: seed) {
      await workload.run(operations, on: store, files: files)
    }
    let lostPower = files.hasLostPower
    for _ in 0..<2 {
      files.losePower()
      files.restart()
      let store = try await open(files, seed: seed)
      try await workload.check(store)
      await workload.run(4, on: store, files: files)
      try await workload.check(store)
    }
    return (lostPower, files)
  }

  /// Many operations with faults of every kind strewn in, and power lost again and again.
  func storm(seed: UInt64, lives: Int = 4) async throws -> SimulatedFileSystem {
    var random = SeededRandom(seed: seed ^ 0x5EED)
    let files = SimulatedFileSystem(seed: seed)
    var workload = TaskWorkload(seed: seed)
    for _ in 0..<lives {
      files.setBytesMax(.max)
      let store = try await open(files, seed: seed)
      try await workload.check(store)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: files.losePower(atCall: Int.random(in: 0..<120, using: &random))
      case 1: files.fail(call: Int.random(in: 0..<60, using: &random))
      case 2: files.fail(next: .sync, onPathEnding: random.chance(0.5) ? ".log" : ".result")
      case 3: files.setBytesMax(Int.random(in: 2_000..<40_000, using: &random))
      default: break
      }
      await workload.run(Int.random(in: 5..<40, using: &random), on: store, files: files)
      if random.chance(0.2) { await store.close() }
      files.losePower()
      files.restart()
    }
    files.setBytesMax(.max)
    try await workload.check(try await open(files, seed: seed))
    return files
  }
}
