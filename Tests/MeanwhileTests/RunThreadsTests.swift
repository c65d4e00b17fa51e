import Meanwhile
import Synchronization
import Testing

struct RunThreadsTests {
  /// Many runs that never let go of their thread leave the rest of the server alive.
  @Test func busyQueriesDoNotKeepOthersWaiting() async throws {
    let spawner = SystemSpawner()
    let isOver = Flag()
    let started = Flag()
    for _ in 0..<64 {
      spawner.spawnRun {
        started.raise()
        while !isOver.isRaised {}
      }
    }
    #expect(await eventually { started.isRaised })
    let answered = Flag()
    spawner.spawn { answered.raise() }
    #expect(await eventually { answered.isRaised })
    isOver.raise()
  }

  @Test func aRunIsCancelledByWhatSpawningItReturned() async throws {
    let wasCancelled = Flag()
    let cancel = SystemSpawner().spawnRun {
      try? await Task.sleep(for: .seconds(60))
      if Task.isCancelled { wasCancelled.raise() }
    }
    cancel()
    #expect(await eventually { wasCancelled.isRaised })
  }

  final class Flag: Sendable {
    private let value = Atomic(false)
    var isRaised: Bool { value.load(ordering: .relaxed) }
    func raise() { value.store(true, ordering: .relaxed) }
  }
}
