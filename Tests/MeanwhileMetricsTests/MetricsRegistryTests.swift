#if Metrics
import CoreMetrics
import Testing

@testable import MeanwhileMetrics

@Suite("Metrics: the registry and its text")
struct MetricsRegistryTests {
  @Test("Series of one name stand together under their kind, in order")
  func text() {
    let registry = MetricsRegistry()
    Counter(label: "b_total", dimensions: [("kind", "y")], factory: registry).increment(by: 2)
    Meter(label: "a", factory: registry).set(1.5)
    Counter(label: "b_total", dimensions: [("kind", "x")], factory: registry).increment()
    Counter(label: "b_total", dimensions: [("kind", "y")], factory: registry).increment()
    #expect(
      registry.text() == """
        # TYPE a gauge
        a 1.5
        # TYPE b_total counter
        b_total{kind="x"} 1
        b_total{kind="y"} 3

        """)
  }

  @Test("A timer is a histogram in seconds, whose buckets add up")
  func timer() {
    let registry = MetricsRegistry()
    let timer = Timer(label: "t", dimensions: [("d", "e")], factory: registry)
    for milliseconds in [1, 2, 40, 40, 99_999_999] { timer.recordMilliseconds(milliseconds) }
    let lines = registry.text().split(separator: "\n")
    #expect(lines.first == "# TYPE t histogram")
    #expect(lines.contains("t_bucket{d=\"e\",le=\"0.001\"} 1"))
    #expect(lines.contains("t_bucket{d=\"e\",le=\"0.005\"} 2"))
    #expect(lines.contains("t_bucket{d=\"e\",le=\"0.05\"} 4"))
    #expect(lines.contains("t_bucket{d=\"e\",le=\"28800\"} 4"))
    #expect(lines.contains("t_bucket{d=\"e\",le=\"+Inf\"} 5"))
    #expect(lines.contains("t_sum{d=\"e\"} 100000.082"))
    #expect(lines.contains("t_count{d=\"e\"} 5"))
  }

  @Test("What a name or a value may not hold is replaced or escaped")
  func escaping() {
    let registry = MetricsRegistry()
    Counter(label: "9.http requests", dimensions: [("path-of", "a\"b\\c\nd")], factory: registry).increment()
    #expect(registry.text().hasSuffix("_9_http_requests{path_of=\"a\\\"b\\\\c\\nd\"} 1\n"))
  }

  @Test("There is a limit to series; beyond it recording does no harm")
  func limit() {
    let registry = MetricsRegistry(seriesMax: 2)
    for index in 0..<10 { Counter(label: "c", dimensions: [("i", "\(index)")], factory: registry).increment() }
    #expect(registry.text().split(separator: "\n").count == 3)
  }

  @Test("One name is one kind of metric")
  func conflict() {
    let registry = MetricsRegistry()
    Counter(label: "c", factory: registry).increment()
    Meter(label: "c", factory: registry).set(7)
    #expect(registry.text() == "# TYPE c counter\nc 1\n")
  }
}
#endif
