import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// One aggregation of a request, with those inside of it.
public struct Aggregation: Sendable {
  public var name: String
  public var kind: Kind
  public var children: [Aggregation]
  /// Given back in the answer.
  public var meta: JSONValue?

  public enum Kind: Sendable {
    case metric(Metric, field: String)
    case terms(Terms)
    case dateHistogram(DateHistogram)
    case histogram(Histogram)
    case filter(SearchQuery)
    /// Named, or in order without names.
    case filters([(name: String?, query: SearchQuery)])
    case missing(field: String)

    var isBucket: Bool { if case .metric = self { false } else { true } }
  }

  public enum Metric: String, Sendable, CaseIterable {
    case min, max, avg, sum, stats, cardinality
    case valueCount = "value_count"
  }

  public struct Terms: Sendable {
    /// What buckets are ordered by.
    public enum Order: Sendable, Hashable {
      case count(isAscending: Bool)
      case key(isAscending: Bool)
      /// A metric among the children, with a part of it such as `max` of `stats`.
      case metric(String, part: String?, isAscending: Bool)
    }

    public var field: String
    public var size = 10
    public var minimumCount = 1
    public var order: [Order] = [.count(isAscending: false)]
  }

  public struct DateHistogram: Sendable {
    public var field: String
    public var interval: CalendarInterval
    public var zone: TimeZoneRules?
    public var format: String?
    public var minimumCount = 0
    public var isDescending = false
  }

  public struct Histogram: Sendable {
    public var field: String
    public var interval: Double
    public var offset = 0.0
    public var minimumCount = 0
  }

  /// The name by which `typed_keys` marks an aggregation.
  var typeName: String {
    switch kind {
    case .metric(let metric, _): metric.rawValue
    case .terms: "terms"
    case .dateHistogram: "date_histogram"
    case .histogram: "histogram"
    case .filter: "filter"
    case .filters: "filters"
    case .missing: "missing"
    }
  }
}
