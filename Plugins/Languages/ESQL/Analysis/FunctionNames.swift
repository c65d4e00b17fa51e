import MeanwhileEngine

/// What analysis must know of the registry's names.
enum FunctionNames {
  /// Operators whose string literals become what they are compared with.
  static let comparing: Set<String> = ["==", "!=", "<", "<=", ">", ">=", OperatorName.isIn]

  /// Functions of `@timestamp`, which calls do not name.
  static let timestamped: Set<String> = ["tbucket", "trange"]

  private static let reserved: Set<String> = [
    OperatorName.negate, OperatorName.not, OperatorName.and, OperatorName.or, OperatorName.random, OperatorName.isIn, OperatorName.like,
    OperatorName.rlike, OperatorName.match, OperatorName.sourceField, "+", "-", "*", "/", "%", "==", "=~", "!=", "<", "<=", ">",
    ">=",
  ]

  /// Whether a name is an operator's, which cannot be called as a function.
  static func isReserved(_ name: String) -> Bool { reserved.contains(name) }

  private static let conversions: [String: String] = [
    "bool": "to_boolean", "boolean": "to_boolean", "cartesian_point": "to_cartesianpoint", "cartesian_shape": "to_cartesianshape",
    "date": "to_datetime", "date_nanos": "to_date_nanos", "date_period": "to_dateperiod", "datetime": "to_datetime", "double": "to_double",
    "geo_point": "to_geopoint", "geo_shape": "to_geoshape", "int": "to_integer", "integer": "to_integer", "ip": "to_ip",
    "keyword": "to_string", "long": "to_long", "string": "to_string", "text": "to_string", "time_duration": "to_timeduration",
    "ul": "to_unsigned_long", "ulong": "to_unsigned_long", "unsigned_long": "to_unsigned_long", "version": "to_version",
  ]

  /// The function behind `::type`.
  static func conversion(to type: String) -> String? { conversions[type] }

  // MARK: - Not here yet

  /// Areas of the language that are to come, by the names of their functions.
  private static let later: [(area: String, prefixes: [String], names: Set<String>)] = [
    (
      "geographic functions", ["st_"],
      ["to_geopoint", "to_geoshape", "to_cartesianpoint", "to_cartesianshape", "to_geohash", "to_geohex", "to_geotile"]
    ),
    ("dense vector functions", ["v_"], ["knn", "to_dense_vector", "text_embedding"]),
    (
      "time series functions", [],
      [
        "absent_over_time", "avg_over_time", "count_distinct_over_time", "count_over_time", "delta", "deriv", "first_over_time", "idelta",
        "increase", "irate", "last_over_time", "max_over_time", "min_over_time", "percentile_over_time", "present_over_time", "rate",
        "stddev_over_time", "sum_over_time", "to_aggregate_metric_double", "variance_over_time",
      ]
    ),
    ("machine-learning functions", [], ["chunk", "completion", "embedding", "top_snippets"]),
  ]

  /// Why a function of the language cannot be called here; nil for any other name.
  static func refusal(of name: String) -> String? {
    guard let found = later.first(where: { $0.names.contains(name) || $0.prefixes.contains(where: name.hasPrefix) }) else { return nil }
    return "function [\(name.uppercased())] is not supported yet: \(found.area) are to come"
  }
}
