import Meanwhile
import MeanwhileData

/// The body of `POST /_query` and `POST /_query/async`, read strictly: what is unknown or of the wrong type is a 400 that says where.
struct ESQLRequest: Sendable {
  var query: String
  var parameters = QueryParameters()
  /// One array a column instead of one a row.
  var isColumnar = false
  /// Query DSL, applied to the documents that FROM reads.
  var filter: JSONValue?
  /// What LOOKUP may name.
  var tables: [String: LookupTable] = [:]
  var locale = "en-US"
  var timeZone = "UTC"
  var includesProfile = false
  var includesClusterMetadata: Bool?
  var includesExecutionMetadata: Bool?
  /// The asynchronous API's fields.
  var waitForCompletion: TimeValue?
  var keepAlive: TimeValue?
  var keepOnCompletion = false

  /// Which API the body is for: the asynchronous one takes three fields more.
  enum API: String, Sendable {
    case synchronous = "esql/query"
    case asynchronous = "esql/async_query"
  }

  /// Reads a body.
  ///
  /// - Throws: `x_content_parse_exception` or `action_request_validation_exception` (400).
  init(body: [UInt8], api: API) throws(APIError) {
    guard !body.isEmpty else { throw APIError(type: "parse_exception", reason: "request body is required", status: 400) }
    query = ""
    for member in try JSONObject(body: body, parser: api.rawValue).members {
      let field = BodyField(name: member.name, value: member.value, location: member.location, parser: api.rawValue)
      try read(field, api, body)
    }
    guard query.utf8.contains(where: { $0 > 0x20 }) else { throw .validation(["[query] is required"]) }
    if includesClusterMetadata != nil, includesExecutionMetadata != nil {
      throw APIError(
        type: "verification_exception",
        reason: "Both [include_execution_metadata] and [include_ccs_metadata] query parameters are set. Use only one", status: 400)
    }
  }

  private mutating func read(_ field: BodyField, _ api: API, _ body: [UInt8]) throws(APIError) {
    switch field.name {
    case "query": query = try field.string()
    case "columnar": isColumnar = try field.bool()
    case "filter": filter = try field.object()
    case "params": parameters = try QueryParameters(reading: field)
    case "locale": locale = try field.string()
    case "time_zone": timeZone = try field.timeZone()
    case "profile": includesProfile = try field.bool()
    case "include_ccs_metadata": includesClusterMetadata = try field.bool()
    case "include_execution_metadata": includesExecutionMetadata = try field.bool()
    case "accept_pragma_risks", "allow_partial_results": _ = try field.bool()
    case "pragma":
      guard field.value.object?.isEmpty == true else { throw .validation(["[pragma] only allowed in snapshot builds"]) }
    case "tables": tables = try LookupTable.tables(reading: field)
    case "settings": try readSettings(field)
    case "wait_for_completion_timeout" where api == .asynchronous: waitForCompletion = try field.time()
    case "keep_alive" where api == .asynchronous: keepAlive = try field.time()
    case "keep_on_completion" where api == .asynchronous: keepOnCompletion = try field.bool()
    default: throw field.unknown(in: body, known: Self.fieldNames(api))
    }
  }

  private mutating func readSettings(_ field: BodyField) throws(APIError) {
    guard let settings = try field.object().object else { return }
    for member in settings.members {
      let setting = BodyField(name: member.name, value: member.value, location: member.location, parser: field.parser)
      switch member.name {
      case "time_zone": timeZone = try setting.timeZone()
      case "approximation", "column_metadata", "project_routing", "unmapped_fields": break
      default: throw setting.failed(APIError.illegalArgument("Unknown setting [\(member.name)]"))
      }
    }
  }

  static func fieldNames(_ api: API) -> [String] {
    let common = [
      "query", "columnar", "filter", "params", "locale", "time_zone", "profile", "include_ccs_metadata", "include_execution_metadata",
      "tables",
      "pragma", "accept_pragma_risks", "settings",
    ]
    return api == .synchronous ? common : common + ["wait_for_completion_timeout", "keep_alive", "keep_on_completion"]
  }
}
