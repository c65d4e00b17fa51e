#if CLI
import Dispatch
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The process's signals and limits, as a server wants them.
enum StopSignals {
  /// Returns at the first SIGINT or SIGTERM, or when the task is cancelled. From then on these end the process at once again, so that a second
  /// Control-C always helps.
  static func first() async { await first(of: heeded()) }

  private static let stops = [SIGINT, SIGTERM]

  /// Each SIGINT and SIGTERM from here on, also those that come before anybody waits for them; none ends the process.
  static func heeded() -> AsyncStream<Void> { each(of: stops) }

  private static func first(of signals: AsyncStream<Void>) async {
    for await _ in signals { break }
    for number in stops { signal(number, SIG_DFL) }
  }

  /// Does something at each SIGHUP, by which operators tell servers to read their files again; until the task is cancelled.
  static func onHangup(_ body: @Sendable () async -> Void) async {
    for await _ in each(of: [SIGHUP]) { await body() }
  }

  private static func each(of numbers: [Int32]) -> AsyncStream<Void> {
    AsyncStream { continuation in
      // Dispatch sources may be used from any thread; Dispatch does not declare them Sendable everywhere.
      nonisolated(unsafe) let sources = numbers.map { number in
        signal(number, SIG_IGN)  // The source sees it all the same; the default action would end the process.
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { continuation.yield() }
        source.resume()
        return source
      }
      continuation.onTermination = { _ in
        for source in sources { source.cancel() }
      }
    }
  }

  /// Does something, until it is done or the first signal comes.
  ///
  /// - Parameter signals: by default those that come from here on.
  /// - Returns: nil where the signal came first; what was being done has been cancelled.
  static func untilFirst<Value: Sendable>(
    of signals: AsyncStream<Void> = heeded(), _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        await first(of: signals)
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }

  /// Allows as many open files and connections as the system lets this process have; the usual first limit of 1024 is soon used up.
  static func raiseDescriptorLimit() {
    var limit = rlimit()
    #if canImport(Glibc)
    let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
    let kind = RLIMIT_NOFILE
    #endif
    guard getrlimit(kind, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = min(limit.rlim_max, 65_536)
    setrlimit(kind, &limit)
  }
}
#endif
