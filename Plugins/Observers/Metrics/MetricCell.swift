#if Metrics
import CoreMetrics
import Synchronization

/// Where the values of one series are kept.
protocol MetricCell: AnyObject, Sendable {
  /// As a `# TYPE` line names it.
  var kind: String { get }
  func write(_ series: MetricSeries, to text: inout String)
}

/// Only grows.
final class CounterCell: MetricCell, CounterHandler, FloatingPointCounterHandler {
  private let value = Mutex(0.0)

  var kind: String { "counter" }

  func increment(by amount: Int64) { increment(by: Double(amount)) }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func reset() { value.withLock { $0 = 0 } }

  func write(_ series: MetricSeries, to text: inout String) { text += series.line(number(value.withLock { $0 })) }
}

/// Goes up and down.
final class GaugeCell: MetricCell, MeterHandler, RecorderHandler {
  private let value = Mutex(0.0)

  var kind: String { "gauge" }

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { self.value.withLock { $0 = value } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  func record(_ value: Int64) { set(Double(value)) }
  func record(_ value: Double) { set(value) }

  func write(_ series: MetricSeries, to text: inout String) { text += series.line(number(value.withLock { $0 })) }
}

/// Counts values by size; a timer's are seconds.
final class HistogramCell: MetricCell, TimerHandler, RecorderHandler {
  private struct State {
    /// Values at most as large as the bound of the same index, and above the one before; last those above all.
    var counts: [UInt64]
    var sum = 0.0
  }

  private let bounds: [Double]
  private let state: Mutex<State>

  /// - Parameter bounds: ascending.
  init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  var kind: String { "histogram" }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    let index = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock { state in
      state.counts[index] += 1
      state.sum += value
    }
  }

  func write(_ series: MetricSeries, to text: inout String) {
    let state = state.withLock { $0 }
    var count: UInt64 = 0
    for (index, bound) in (bounds.map(number) + ["+Inf"]).enumerated() {
      count += state.counts[index]
      text += series.line(String(count), suffix: "_bucket", label: "le=\"\(bound)\"")
    }
    text += series.line(number(state.sum), suffix: "_sum")
    text += series.line(String(count), suffix: "_count")
  }
}

/// Whole numbers without a fraction.
private func number(_ value: Double) -> String {
  Int64(exactly: value).map { String($0) } ?? String(value)
}
#endif
