#if Metrics
import Meanwhile

/// `GET /_metrics`: what a registry holds, for Prometheus to scrape.
public struct MetricsEndpoints: EndpointProvider {
  private let registry: MetricsRegistry

  public init(_ registry: MetricsRegistry) { self.registry = registry }

  public var routes: [Route] {
    [
      Route(
        .get, "/_metrics", summary: "Counters, gauges and timings in Prometheus' text format.",
        privilege: .cluster(.monitor, "cluster:monitor/nodes/stats"), mediaTypes: ["text/plain"]
      ) { [registry] _, _ in
        EndpointResponse(
          headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"], body: .bytes(Array(registry.text().utf8)))
      }
    ]
  }
}
#endif
