import Meanwhile

/// What an operator may change about ES|QL.
public enum ESQLSettings {
  /// Elasticsearch lets it be 10,000 at most; results are written and read in pieces here, so it may be more.
  public static let truncationDefault = Setting.count(
    "esql.query.result_truncation_default_size", default: 1_000, in: 1...rowsMax, "Rows that a query without LIMIT gives.")
  public static let truncationMax = Setting.count(
    "esql.query.result_truncation_max_size", default: 10_000, in: 1...rowsMax, "The most rows that a query gives, whatever its LIMIT.")

  private static let rowsMax = 1_000_000_000
}

extension RowLimits {
  /// The limits in force. Without LIMIT, too, there are no more than the most.
  init(_ settings: Settings) {
    rowsMax = settings[ESQLSettings.truncationMax]
    rowsDefault = min(settings[ESQLSettings.truncationDefault], rowsMax)
  }
}
