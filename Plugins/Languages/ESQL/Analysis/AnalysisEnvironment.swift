import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// What analysis knows besides the query: functions, data, settings.
struct AnalysisEnvironment: Sendable {
  var functions: FunctionRegistry
  var settings: QuerySettings
  /// What folding constants complains of, and the default limit.
  var warnings = Warnings()
  var limits = RowLimits()
  /// The data that the query's commands read.
  var sources = ResolvedSources()
  /// Tables that the request brings along, by name.
  var tables: [String: LookupTable] = [:]
  /// The request's condition on the documents that FROM reads.
  var filter: SearchQuery?
  /// What `SHOW INFO` answers.
  var server = ServerInformation()
  /// `SET unmapped_fields = …`.
  var unmappedFields = UnmappedFields.fail
}

/// What a column is that no mapping has.
enum UnmappedFields: String, Sendable {
  /// An error.
  case fail
  /// Null in every row.
  case nullify
  /// What the documents have under its name, as keywords.
  case load

  /// The mode of a name in lower case; `default`, which older versions call `fail`, is the error.
  init?(named name: String) {
    guard let mode = name == "default" ? .fail : UnmappedFields(rawValue: name) else { return nil }
    self = mode
  }
}

/// How many rows a query answers at most.
struct RowLimits: Sendable {
  /// Where the query has no LIMIT (`esql.query.result_truncation_default_size`).
  var rowsDefault = 1_000
  /// Where it has one (`esql.query.result_truncation_max_size`).
  var rowsMax = 10_000
}

/// A server as `SHOW INFO` describes it.
struct ServerInformation: Sendable {
  var version = Service.version
  var date = ""
  var hash = "unknown"
}
