import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// A search as it was asked for: the body of `_search`, and the URL parameters that stand for parts of it.
public struct SearchRequest: Sendable {
  /// Index expression, as it stands in the path; empty for all.
  public var indices = ""
  public var indexOptions = IndexResolver.Options()
  public var query = SearchQuery.matchAll(boost: 1)
  /// Narrows the hits, but not what aggregations see.
  public var postFilter: SearchQuery?
  public var from = 0
  public var size = 10
  /// Empty: by relevance.
  public var sort: [SortField] = []
  public var searchAfter: [JSONValue]?
  public var source = SourceFilter()
  /// Patterns of fields to return as columns hold them, with a date format of their own.
  public var fields: [FieldPattern] = []
  public var totalHits = TotalHits.upTo(10_000)
  public var aggregations: [Aggregation] = []
  public var minimumScore: Double?
  public var timeout: TimeValue?
  public var tracksScores = false
  public var showsVersion = false
  public var showsSequenceNumber = false
  public var rendersTotalAsNumber = false
  public var typesKeys = false

  /// The greatest `from` + `size` (Elasticsearch's `index.max_result_window`).
  public static let windowMax = 10_000

  /// How exactly hits are counted.
  public enum TotalHits: Sendable, Hashable {
    case exact
    case none
    case upTo(Int)
  }

  public struct FieldPattern: Sendable, Hashable {
    public var pattern: String
    public var format: String?
  }

  public struct SortField: Sendable, Hashable {
    /// A field's path, `_score` or `_doc`.
    public var field: String
    public var isAscending: Bool
    public var missingFirst = false
    /// The type to take for a field that no index has, instead of an error.
    public var unmappedType: String?
    public var format: String?
  }

  /// Whether hits come by relevance alone, which is when a search without more to say has scores.
  var sortsByScore: Bool { sort.isEmpty || sort.count == 1 && sort[0].field == "_score" && !sort[0].isAscending }
}
