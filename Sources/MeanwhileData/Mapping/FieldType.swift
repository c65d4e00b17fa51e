/// The type of a field as mappings name it (Elasticsearch's `type`).
public enum FieldType: String, Sendable, Hashable, CaseIterable {
  case boolean, byte, short, integer, long, double, float, keyword, text, date, ip, version, binary, object, nested, flattened, alias,
    wildcard
  case unsignedLong = "unsigned_long"
  case halfFloat = "half_float"
  case scaledFloat = "scaled_float"
  case dateNanos = "date_nanos"
  case constantKeyword = "constant_keyword"
  case geoPoint = "geo_point"
  case geoShape = "geo_shape"
  case point, shape
  case integerRange = "integer_range"
  case longRange = "long_range"
  case floatRange = "float_range"
  case doubleRange = "double_range"
  case dateRange = "date_range"
  case ipRange = "ip_range"
  case searchAsYouType = "search_as_you_type"
  case matchOnlyText = "match_only_text"
  case completion, histogram
  case denseVector = "dense_vector"
  case aggregateMetricDouble = "aggregate_metric_double"

  /// The type of the column it makes; ``DataType/unsupported`` where documents keep it in their source alone.
  public var dataType: DataType {
    switch self {
    case .boolean: .boolean
    case .byte, .short, .integer: .integer
    case .long: .long
    case .unsignedLong: .unsignedLong
    case .double, .float, .halfFloat, .scaledFloat: .double
    case .keyword, .wildcard, .constantKeyword: .keyword
    case .text, .matchOnlyText: .text
    case .date: .date
    case .dateNanos: .dateNanos
    case .ip: .ip
    case .version: .version
    case .geoPoint: .geoPoint
    case .geoShape: .geoShape
    case .point: .cartesianPoint
    case .shape: .cartesianShape
    default: .unsupported
    }
  }
}
