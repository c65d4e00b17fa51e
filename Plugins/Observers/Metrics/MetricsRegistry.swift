#if Metrics
import CoreMetrics
import Meanwhile
import Synchronization

/// A metrics factory that keeps everything in this process, to be read as text (``MetricsEndpoints``).
///
/// Recording takes one short lock of the series that is recorded to; nothing is sent anywhere. A series, which is a name with its dimensions, lives as
/// long as the registry, and there is a limit to how many there are: beyond it recording goes on and is not seen.
public final class MetricsRegistry: MetricsFactory, Sendable {
  /// Upper bounds of a timer's buckets, in seconds: from what a cached query takes to what outlives a working day.
  public static let durationBounds: [Double] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1_800, 3_600, 28_800]
  /// Upper bounds of a recorder's buckets, where it aggregates.
  public static let sizeBounds: [Double] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]

  private let seriesMax: Int
  private let series = Mutex<[MetricSeries: any MetricCell]>([:])

  public init(seriesMax: Int = 10_000) { self.seriesMax = seriesMax }

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    cell(label, dimensions) { CounterCell() }
  }

  public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
    cell(label, dimensions) { CounterCell() }
  }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    cell(label, dimensions) { GaugeCell() }
  }

  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    aggregate ? cell(label, dimensions) { HistogramCell(bounds: Self.sizeBounds) } : cell(label, dimensions) { GaugeCell() }
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    cell(label, dimensions) { HistogramCell(bounds: Self.durationBounds) }
  }

  // Series are kept: a counter that vanishes and comes back at zero would read as a restart.
  public func destroyCounter(_ handler: any CounterHandler) {}
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  public func destroyMeter(_ handler: any MeterHandler) {}
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  public func destroyTimer(_ handler: any TimerHandler) {}

  /// All there is, in the text format of Prometheus (version 0.0.4).
  public func text() -> String {
    let all = series.withLock { $0 }.sorted { $0.key < $1.key }
    var text = ""
    var name: String?
    for (series, cell) in all {
      if series.name != name { text += "# TYPE \(series.name) \(cell.kind)\n" }
      name = series.name
      cell.write(series, to: &text)
    }
    return text
  }

  private func cell<Cell: MetricCell>(_ label: String, _ dimensions: [(String, String)], _ make: () -> Cell) -> Cell {
    let name = MetricSeries(label, dimensions)
    return series.withLock { series in
      // One name is one kind of metric; who uses it for another is not seen.
      if let known = series[name] { return known as? Cell ?? make() }
      let cell = make()
      if series.count < seriesMax { series[name] = cell }
      return cell
    }
  }
}
#endif
