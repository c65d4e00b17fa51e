import Meanwhile
import MeanwhileData
import MeanwhileEngine

extension SearchRequest {
  /// URL parameters of every search. Those that say how to spread it over machines are taken and mean nothing here.
  static let parameterNames: [String] =
    IndexResolver.Options.parameterNames + [
      "allow_partial_search_results", "analyze_wildcard", "analyzer", "batched_reduce_size", "ccs_minimize_roundtrips", "default_operator",
      "df",
      "docvalue_fields", "from", "ignore_throttled", "lenient",
      "max_concurrent_shard_requests", "pre_filter_shard_size", "preference", "q", "request_cache", "rest_total_hits_as_int", "routing",
      "scroll", "search_type", "seq_no_primary_term", "size", "sort", "_source", "_source_excludes", "_source_includes", "stored_fields",
      "timeout", "track_scores", "track_total_hits", "typed_keys", "version",
    ]

  /// Reads a request's path, URL parameters and body. Parameters win over the body.
  ///
  /// - Throws: a 400 that says what is wrong, and in a body where.
  init(_ request: EndpointRequest, bodyBytesMax: Int) async throws {
    let body = try await request.body.collect(bytesMax: bodyBytesMax)
    let isCount = request.path.hasSuffix("/_count")
    if !body.isEmpty {
      let object = try Self.json(body)
      if isCount, let other = object.names.first(where: { $0 != "query" && $0 != "min_score" }) {
        throw APIError(type: "parsing_exception", reason: "request does not support [\(other)]", status: 400)
      }
      try readBody(object)
    }
    if isCount { (size, totalHits) = (0, .exact) }
    indices = request.pathParameters["index"] ?? request.parameters["index"] ?? ""
    indexOptions = try IndexResolver.Options(request.parameters)
    try readParameters(request.parameters)
    try validate()
  }

  private static func json(_ body: [UInt8]) throws(APIError) -> JSONObject {
    try JSONObject(body: body, parser: "search") { value in
      APIError(
        type: "parsing_exception", reason: "Expected [START_OBJECT] but found [\(value.tokenName)]", status: 400,
        metadata: ["line": 1, "col": 1])
    }
  }

  // MARK: - Body

  private mutating func readBody(_ body: JSONObject) throws(APIError) {
    for member in body.members {
      let value = member.value
      switch member.name {
      case "query": if !value.isNull { query = try SearchQuery(parsing: value, at: member.location) }
      case "post_filter": if !value.isNull { postFilter = try SearchQuery(parsing: value, at: member.location) }
      case "from": from = try Self.count(member)
      case "size": size = try Self.count(member)
      case "sort": sort = try Self.sort(value)
      case "search_after": searchAfter = try Self.searchAfter(value)
      case "_source": source = try Self.source(value, at: member.location)
      case "fields", "docvalue_fields": fields += try Self.fieldPatterns(member)
      case "stored_fields": if value != "_none_" { throw Self.unsupported(member.name) }
      case "track_total_hits": totalHits = try Self.totalHits(value)
      case "track_scores": tracksScores = try Self.flag(member)
      case "version": showsVersion = try Self.flag(member)
      case "seq_no_primary_term": showsSequenceNumber = try Self.flag(member)
      case "min_score": minimumScore = value.double
      case "timeout": timeout = try value.string.map { text throws(APIError) in try TimeValue(parsing: text, setting: "timeout") }
      case "aggs", "aggregations": aggregations = try Aggregation.list(parsing: value, at: member.location)
      case "explain", "profile":
        // Asking not to is no request.
        if try Self.flag(member) { throw Self.unsupported(member.name) }
      case "stats", "ext", "runtime_mappings", "script_fields", "indices_boost":
        if let object = value.object, !object.isEmpty, member.name != "ext" { throw Self.unsupported(member.name) }
      case "highlight", "suggest", "collapse", "rescore", "knn", "rank", "retriever", "pit", "slice", "terminate_after":
        throw Self.unsupported(member.name)
      default: throw Self.unknownKey(member)
      }
    }
  }

  private static func unsupported(_ name: String) -> APIError { .illegalArgument("[\(name)] is not supported by this search") }

  private static func unknownKey(_ member: JSONObject.Member) -> APIError {
    var metadata = JSONObject()
    if let location = member.location {
      metadata = ["line": .integer(Int64(location.line)), "col": .integer(Int64(location.column))]
    }
    return APIError(
      type: "parsing_exception", reason: "Unknown key for a \(member.value.tokenName) in [\(member.name)].", status: 400,
      metadata: metadata)
  }

  private static func count(_ member: JSONObject.Member) throws(APIError) -> Int {
    guard let number = member.value.int ?? member.value.string.flatMap(Int64.init), let count = Int(exactly: number) else {
      throw .illegalArgument("Failed to parse int parameter [\(member.name)] with value [\(member.value.string ?? member.value.text())]")
    }
    return try checkedCount(member.name, count)
  }

  private static func checkedCount(_ name: String, _ count: Int) throws(APIError) -> Int {
    guard count < 0 else { return count }
    throw .illegalArgument(
      name == "from" ? "[from] parameter cannot be negative but was [\(count)]" : "[\(name)] parameter cannot be negative, found [\(count)]"
    )
  }

  private static func flag(_ member: JSONObject.Member) throws(APIError) -> Bool {
    switch member.value {
    case .bool(let value): return value
    case "true": return true
    case "false": return false
    case let other: throw .illegalArgument("Failed to parse value [\(other.string ?? other.text())] as only [true] or [false] are allowed.")
    }
  }

  private static func totalHits(_ value: JSONValue) throws(APIError) -> TotalHits {
    switch value {
    case .bool(true), "true", "": return .exact
    case .bool(false), "false": return .none
    default: break
    }
    guard let limit = (value.int ?? value.string.flatMap(Int64.init)).flatMap(Int.init(exactly:)), limit >= -1 else {
      throw .illegalArgument("[track_total_hits] parameter must be positive or equals to -1, got \(value.string ?? value.text())")
    }
    return limit == -1 ? .exact : .upTo(limit)
  }

  static func source(_ value: JSONValue, at location: JSONLocation?) throws(APIError) -> SourceFilter {
    switch value {
    case .bool(let isShown): return SourceFilter(isShown: isShown)
    case .string(let pattern):
      return pattern == "false" || pattern == "true" ? SourceFilter(isShown: pattern == "true") : SourceFilter(includes: [pattern])
    case .array(let patterns): return SourceFilter(includes: patterns.compactMap(\.string))
    case .object(let object):
      var filter = SourceFilter()
      for member in object.members {
        let patterns = (member.value.array ?? [member.value]).compactMap(\.string)
        switch member.name {
        case "includes", "include": filter.includes = patterns
        case "excludes", "exclude": filter.excludes = patterns
        default: throw unknownKey(member)
        }
      }
      return filter
    default:
      throw .xContentParse(
        "Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] but found [\(value.tokenName)]", at: location)
    }
  }

  private static func fieldPatterns(_ member: JSONObject.Member) throws(APIError) -> [FieldPattern] {
    guard let list = member.value.array else { throw unknownKey(member) }
    var patterns: [FieldPattern] = []
    for item in list {
      guard let name = item.string ?? item["field"]?.string else {
        throw .xContentParse("[\(member.name)] expects the name of a field, or an object with [field]", at: member.location)
      }
      patterns.append(FieldPattern(pattern: name, format: item["format"]?.string))
    }
    return patterns
  }

  private static func searchAfter(_ value: JSONValue) throws(APIError) -> [JSONValue] {
    guard let values = value.array, !values.isEmpty else { throw .illegalArgument("Values must contains at least one value.") }
    return values
  }

  // MARK: - Sort

  static func sort(_ value: JSONValue) throws(APIError) -> [SortField] {
    var fields: [SortField] = []
    for item in value.array ?? [value] {
      switch item {
      case .string(let name): fields.append(SortField(field: name, isAscending: name != "_score"))
      case .object(let object): for member in object.members { fields.append(try sortField(member)) }
      default: throw .illegalArgument("malformed sort format, within the sort array, an object, or an actual string are allowed")
      }
    }
    return fields
  }

  private static func sortField(_ member: JSONObject.Member) throws(APIError) -> SortField {
    var field = SortField(field: member.name, isAscending: member.name != "_score")
    if let order = member.value.string {
      field.isAscending = try isAscending(order)
      return field
    }
    guard let options = member.value.object else {
      throw .xContentParse("[field_sort] malformed sort of [\(member.name)]", at: member.location)
    }
    if member.name == "_script" || member.name == "_geo_distance" { throw unsupported(member.name) }
    for option in options.members {
      switch option.name {
      case "order": field.isAscending = try isAscending(option.value.string ?? option.value.text())
      case "missing":
        guard option.value == "_first" || option.value == "_last" else {
          throw .illegalArgument("[missing] of a sort must be [_first] or [_last]; other values are not supported")
        }
        field.missingFirst = option.value == "_first"
      case "unmapped_type": field.unmappedType = option.value.string
      case "format": field.format = option.value.string
      case "mode": try checkMode(option.value.string ?? "", isAscending: options["order"].map { $0 != "desc" } ?? (member.name != "_score"))
      case "numeric_type", "nested", "nested_path", "nested_filter": throw unsupported("sort." + option.name)
      default: throw .xContentParse("[field_sort] unknown field [\(option.name)]", at: option.location)
      }
    }
    return field
  }

  /// The least value counts ascending, the greatest descending; other choices are refused rather than ignored.
  private static func checkMode(_ mode: String, isAscending: Bool) throws(APIError) {
    guard mode.lowercased() != (isAscending ? "min" : "max") else { return }
    guard ["min", "max", "sum", "avg", "median"].contains(mode.lowercased()) else { throw .illegalArgument("Unknown SortMode [\(mode)]") }
    throw .illegalArgument("sort mode [\(mode)] is not supported for this order")
  }

  private static func isAscending(_ order: String) throws(APIError) -> Bool {
    switch order.lowercased() {
    case "asc": return true
    case "desc": return false
    default: throw .illegalArgument("Unknown SortOrder [\(order)]")
    }
  }

  // MARK: - URL parameters

  private mutating func readParameters(_ parameters: Parameters) throws(APIError) {
    if let text = parameters["q"] { query = try Self.queryString(text, parameters) }
    if let from = try parameters.int("from") { self.from = try Self.checkedCount("from", from) }
    if let size = try parameters.int("size") { self.size = try Self.checkedCount("size", size) }
    if let text = parameters["sort"] {
      sort = []
      for part in text.split(separator: ",") {
        let pair = part.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = pair.first else { continue }
        sort.append(SortField(field: name, isAscending: pair.count > 1 ? try Self.isAscending(pair[1]) : name != "_score"))
      }
    }
    func list(_ name: String) -> [String]? { parameters[name]?.split(separator: ",").map(String.init) }
    if let names = list("_source") {
      source = names == ["true"] || names == ["false"] ? SourceFilter(isShown: names == ["true"]) : SourceFilter(includes: names)
    }
    if let includes = list("_source_includes") { (source.includes, source.isShown) = (includes, true) }
    if let excludes = list("_source_excludes") { (source.excludes, source.isShown) = (excludes, true) }
    if let names = list("docvalue_fields") { fields += names.map { FieldPattern(pattern: $0) } }
    if let stored = parameters["stored_fields"], stored != "_none_" { throw Self.unsupported("stored_fields") }
    if let timeout = try parameters.time("timeout") { self.timeout = timeout }
    rendersTotalAsNumber = try parameters.bool("rest_total_hits_as_int") ?? false
    if let tracked = parameters["track_total_hits"] {
      totalHits = try Self.totalHits(.string(tracked))
    } else if rendersTotalAsNumber, totalHits == .upTo(10_000) {
      totalHits = .exact
    }
    tracksScores = try parameters.bool("track_scores") ?? tracksScores
    showsVersion = try parameters.bool("version") ?? showsVersion
    showsSequenceNumber = try parameters.bool("seq_no_primary_term") ?? showsSequenceNumber
    typesKeys = try parameters.bool("typed_keys") ?? false
  }

  /// `q`, and the parameters that say how to read it.
  private static func queryString(_ text: String, _ parameters: Parameters) throws(APIError) -> SearchQuery {
    var options = QueryStringParser.Options()
    if let field = parameters["df"] { options.defaultFields = [(field, 1)] }
    switch parameters["default_operator"]?.lowercased() {
    case nil, "or": break
    case "and": options.requiresAll = true
    case .some(let other): throw .illegalArgument("Unsupported defaultOperator [\(other)], can either be [OR] or [AND]")
    }
    options.analyzer = parameters["analyzer"]
    options.isLenient = try parameters.bool("lenient") ?? false
    return try QueryStringParser.parse(text, options)
  }

  private func validate() throws(APIError) {
    if rendersTotalAsNumber, totalHits != .exact {
      throw .illegalArgument(
        "[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate")
    }
    let (window, overflow) = from.addingReportingOverflow(size)
    if overflow || window > Self.windowMax {
      let shown = overflow ? Int.max : window
      throw .searchFailure(
        type: "illegal_argument_exception",
        "Result window is too large, from + size must be less than or equal to: [\(Self.windowMax)] but was [\(shown)]. See the scroll api for a "
          + "more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.",
        index: nil)
    }
    if let searchAfter {
      guard from == 0 else { throw .validation(["`from` parameter must be set to 0 when `search_after` is used"]) }
      guard searchAfter.count == sort.count else {
        throw .illegalArgument(
          sort.isEmpty
            ? "Sort must contain at least one field."
            : "search_after has \(searchAfter.count) value(s) but sort has \(sort.count).")
      }
    }
  }
}
