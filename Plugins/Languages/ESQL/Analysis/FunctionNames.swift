import MeanwhileEngine

/// What analysis must know of the registry's names.
enum FunctionNames {
  /// Operators whose string literals become what they are compared with.
  static let comparing: Set<String> = ["==", "!=", "<", "<=", ">", ">=", OperatorName.isIn]

  /// Functions of `@timestamp`, which calls do not name.
  static let timestamped: Set<String> = ["tbucket", "trange"]

  private static let reserved: Set<String> = [
    OperatorName.negate, OperatorName.not, OperatorName.and, OperatorName.or, OperatorName.random, OperatorName.isIn, OperatorName.like,
    OperatorName.rlike, OperatorName.match, "+", "-", "*", "/", "%", "==", "=~", "!=", "<", "<=", ">",
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
}
