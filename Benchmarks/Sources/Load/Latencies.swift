/// Durations of one kind of event.
struct Latencies {
  private var nanoseconds: [Int64] = []

  var count: Int { nanoseconds.count }

  mutating func add(_ duration: Int64) { nanoseconds.append(duration) }

  /// Microseconds that a share of the events did not pass.
  func microseconds(at share: Double) -> Double {
    guard !nanoseconds.isEmpty else { return 0 }
    let sorted = nanoseconds.sorted()
    return Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1_000
  }

  /// Median, 99th percentile and maximum, under names that begin with a prefix.
  func values(_ prefix: String = "") -> [String: Double] {
    [prefix + "p50_us": microseconds(at: 0.5), prefix + "p99_us": microseconds(at: 0.99), prefix + "max_us": microseconds(at: 1)]
  }
}
