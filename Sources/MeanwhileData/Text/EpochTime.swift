/// A moment, to the nanosecond: what date parsing gives, before a column's unit is chosen.
public struct EpochTime: Sendable, Hashable, Comparable {
  /// Since 1970-01-01T00:00:00Z; negative before it.
  public var seconds: Int64
  /// 0 ..< 1,000,000,000, counted forward from ``seconds``.
  public var nanos: Int32

  @inlinable
  public init(seconds: Int64, nanos: Int32 = 0) {
    self.seconds = seconds
    self.nanos = nanos
  }

  public init(millis: Int64) {
    seconds = millis.floorDivided(by: 1_000)
    nanos = Int32(truncatingIfNeeded: (millis &- seconds &* 1_000) &* 1_000_000)
  }

  public init(nanosSinceEpoch: Int64) {
    seconds = nanosSinceEpoch.floorDivided(by: 1_000_000_000)
    nanos = Int32(truncatingIfNeeded: nanosSinceEpoch &- seconds &* 1_000_000_000)
  }

  @inlinable
  public static func < (left: EpochTime, right: EpochTime) -> Bool {
    (left.seconds, left.nanos) < (right.seconds, right.nanos)
  }

  /// Milliseconds since the epoch, rounded down: the value of a `date`. Nil where 64 bits cannot hold it.
  public var millis: Int64? {
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
    if overflow { return nil }
    let (sum, carry) = whole.addingReportingOverflow(Int64(nanos) / 1_000_000)
    return carry ? nil : sum
  }

  /// Nanoseconds since the epoch: the value of a `date_nanos`. Nil where 64 bits cannot hold it (before 1677, after 2262-04-11).
  public var nanosSinceEpoch: Int64? {
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return nil }
    let (sum, carry) = whole.addingReportingOverflow(Int64(nanos))
    return carry ? nil : sum
  }
}
