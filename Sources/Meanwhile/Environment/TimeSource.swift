#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A moment of the wall clock: milliseconds since the Unix epoch.
public struct Timestamp: Sendable, Hashable, Comparable {
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

  /// Later by a time value; saturates at the end of time.
  public func advanced(by value: TimeValue) -> Timestamp {
    let (sum, overflow) = milliseconds.addingReportingOverflow(value.milliseconds)
    return Timestamp(milliseconds: overflow ? .max : sum)
  }
}

/// Where time comes from. Nothing in the manager or the stores asks a clock of its own, so that a simulation can own time.
public protocol TimeSource: Sendable {
  /// The wall clock. May jump in either direction.
  func now() -> Timestamp
  /// A clock that never goes back and goes on while the machine sleeps, in nanoseconds from an arbitrary start; for durations.
  func uptimeNanoseconds() -> UInt64
  /// Returns after at least this long, or throws `CancellationError`.
  func sleep(for duration: TimeValue) async throws
}

/// The machine's clocks.
public struct SystemTimeSource: TimeSource {
  public init() {}

  public func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
  }

  public func uptimeNanoseconds() -> UInt64 {
    var time = timespec()
    #if os(Linux)
    clock_gettime(CLOCK_BOOTTIME, &time)
    #else
    clock_gettime(CLOCK_MONOTONIC, &time)
    #endif
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  public func sleep(for duration: TimeValue) async throws {
    try await Task.sleep(for: .nanoseconds(max(0, duration.nanoseconds)))
  }
}
