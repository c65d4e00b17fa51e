#if Security
import Meanwhile

extension Environment {
  /// Does what blocks, or takes long, on a thread where nobody waits for it who wants to be answered at once.
  func onRunThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      spawner.spawnRun { continuation.resume(with: Result { try work() }) }
    }
  }
}
#endif
