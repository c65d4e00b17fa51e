import Meanwhile

extension SearchQuery {
  /// Reads a query in Query DSL.
  ///
  /// - Parameters:
  ///   - json: the object under `query` or `filter`.
  ///   - location: where it stands.
  /// - Throws: `parsing_exception` or `x_content_parse_exception` (400) with the place, in Elasticsearch's words.
  public init(parsing json: JSONValue, at location: JSONLocation? = nil) throws(APIError) {
    self = try SearchQueryParser().query(json, at: location, depth: 0)
  }

  /// The queries there are, by name; for "did you mean".
  static let names: [String] = [
    "bool", "constant_score", "dis_max", "exists", "ids", "match", "match_all", "match_none", "match_phrase", "multi_match", "prefix",
    "range",
    "regexp", "term", "terms", "wildcard",
  ]
  /// Queries of Elasticsearch that are refused by name, rather than as unknown.
  static let unsupportedNames: Set<String> = [
    "boosting", "combined_fields", "distance_feature", "function_score", "fuzzy", "geo_bounding_box", "geo_distance", "geo_shape",
    "has_child",
    "has_parent", "intervals", "knn", "match_bool_prefix", "match_phrase_prefix", "more_like_this", "nested", "percolate", "pinned",
    "rank_feature", "script", "script_score", "semantic", "simple_query_string", "span_near", "span_or", "span_term",
    "terms_set", "wrapper",
  ]
}

/// Walks the JSON of a query. Each kind of query is a small function that knows the names it takes.
struct SearchQueryParser {
  /// How deep queries may nest (Elasticsearch's `indices.query.bool.max_nested_depth`).
  static let depthMax = 30
  /// The most clauses of a `bool` or values of a `terms` (Elasticsearch's `indices.query.bool.max_clause_count` and `index.max_terms_count`).
  static let clausesMax = 4_096
  static let termsMax = 65_536

  func query(_ json: JSONValue, at location: JSONLocation?, depth: Int) throws(APIError) -> SearchQuery {
    guard depth < Self.depthMax else {
      throw .illegalArgument(
        "The nested depth of the query exceeds the maximum nested depth for bool queries set in [indices.query.bool.max_nested_depth]")
    }
    guard let object = json.object else {
      throw .queryParsing("[_na] query malformed, must start with start_object", at: location)
    }
    guard let member = object.members.first else { throw .illegalArgument("query malformed, empty clause found") }
    if object.count > 1 {
      throw .queryParsing(
        "[\(member.name)] malformed query, expected [END_OBJECT] but found [FIELD_NAME]", at: object.members[1].location ?? location)
    }
    guard let body = member.value.object else {
      if Self.isKnown(member.name) {
        throw .queryParsing("[\(member.name)] query malformed, no start_object after query name", at: member.location)
      }
      throw unknown(member.name, at: member.location)
    }
    let clause = Clause(name: member.name, body: body, location: member.location, depth: depth)
    switch member.name {
    case "match_all":
      try clause.checkNames(["boost", "_name"])
      return .matchAll(boost: try clause.boost())
    case "match_none": return .matchNone
    case "term": return .term(try fieldText(clause, value: ["value"], options: ["case_insensitive"]))
    case "prefix": return .prefix(try fieldText(clause, value: ["value", "prefix"], options: ["case_insensitive", "rewrite"]))
    case "wildcard": return .wildcard(try fieldText(clause, value: ["value", "wildcard"], options: ["case_insensitive", "rewrite"]))
    case "regexp":
      return .regexp(
        try fieldText(
          clause, value: ["value"], options: ["case_insensitive", "rewrite", "flags", "flags_value", "max_determinized_states"]))
    case "terms": return try terms(clause)
    case "range": return .range(try range(clause))
    case "exists": return try exists(clause)
    case "ids": return try ids(clause)
    case "match": return try match(clause, .terms)
    case "match_phrase": return try match(clause, .phrase)
    case "multi_match": return try multiMatch(clause)
    case "query_string": return try queryString(clause)
    case "bool": return .bool(try bool(clause))
    case "constant_score": return try constantScore(clause)
    case "dis_max": return try disjunctionMax(clause)
    default: throw unknown(member.name, at: member.location)
    }
  }

  private static func isKnown(_ name: String) -> Bool { SearchQuery.names.contains(name) }

  private func unknown(_ name: String, at location: JSONLocation?) -> APIError {
    if SearchQuery.unsupportedNames.contains(name) { return .queryParsing("[\(name)] query is not supported", at: location) }
    let near = Suggestions.similar(to: name, among: SearchQuery.names)
    let hint = near.isEmpty ? "" : " did you mean [\(near[0])]?"
    let cause = APIError(
      type: "named_object_not_found_exception", reason: location.map { "[\($0.line):\($0.column)] unknown field [\(name)]\(hint)" } ?? "",
      status: 400)
    return .queryParsing("unknown query [\(name)]\(hint)", at: location, causedBy: cause)
  }

  // MARK: - Queries of one field

  private func fieldText(_ clause: Clause, value names: [String], options: [String]) throws(APIError) -> SearchQuery.FieldText {
    let (field, value, location) = try clause.field()
    if case .array = value {
      throw .queryParsing("[\(clause.name)] query does not support array of values", at: location)
    }
    guard let body = value.object else { return SearchQuery.FieldText(field: field, value: value, boost: try clause.boost()) }
    let inner = Clause(name: clause.name, body: body, location: location, depth: clause.depth)
    try inner.checkNames(names + options + ["boost", "_name"])
    guard let text = names.compactMap({ body[$0] }).first else {
      throw .illegalArgument("value cannot be null")
    }
    return SearchQuery.FieldText(
      field: field, value: text, isCaseInsensitive: try inner.flag("case_insensitive") ?? false, boost: try inner.boost())
  }

  private func terms(_ clause: Clause) throws(APIError) -> SearchQuery {
    let (field, value, location) = try clause.field()
    guard let values = value.array else {
      if value.object != nil { throw .queryParsing("[terms] lookups in other indices are not supported", at: location) }
      throw .queryParsing("[terms] query does not support [\(field)]", at: location)
    }
    guard values.count <= Self.termsMax else {
      throw .illegalArgument(
        "The number of terms [\(values.count)] used in the Terms Query request has exceeded the allowed maximum of [\(Self.termsMax)]. "
          + "This maximum can be set by changing the [index.max_terms_count] index level setting.")
    }
    if values.contains(.null) { throw .illegalArgument("No value specified for terms query") }
    return .terms(field: field, values: values, boost: try clause.boost())
  }

  private func range(_ clause: Clause) throws(APIError) -> SearchQuery.Range {
    let (field, value, location) = try clause.field()
    guard let body = value.object else { throw .queryParsing("[range] query malformed, no start_object after field name", at: location) }
    let inner = Clause(name: "range", body: body, location: location, depth: clause.depth)
    try inner.checkNames([
      "gt", "gte", "lt", "lte", "from", "to", "include_lower", "include_upper", "format", "time_zone", "boost", "relation", "_name",
    ])
    var range = SearchQuery.Range(field: field)
    range.boost = try inner.boost()
    range.format = body["format"]?.string
    range.timeZone = body["time_zone"]?.string
    if let relation = body["relation"]?.string, !["intersects", "contains", "within"].contains(relation.lowercased()) {
      throw .illegalArgument("[\(relation)] is not a valid relation")
    }
    for member in body.members where !member.value.isNull {
      switch member.name {
      case "gt": (range.lower, range.includesLower) = (member.value, false)
      case "gte", "from": (range.lower, range.includesLower) = (member.value, true)
      case "lt": (range.upper, range.includesUpper) = (member.value, false)
      case "lte", "to": (range.upper, range.includesUpper) = (member.value, true)
      default: break
      }
    }
    range.includesLower = try inner.flag("include_lower") ?? range.includesLower
    range.includesUpper = try inner.flag("include_upper") ?? range.includesUpper
    return range
  }

  private func exists(_ clause: Clause) throws(APIError) -> SearchQuery {
    try clause.checkNames(["field", "boost", "_name"])
    guard let field = clause.body["field"]?.string else {
      throw .queryParsing("[exists] must be provided with a [field]", at: clause.location)
    }
    return .exists(field: field, boost: try clause.boost())
  }

  private func ids(_ clause: Clause) throws(APIError) -> SearchQuery {
    try clause.checkNames(["values", "boost", "_name"])
    guard let values = clause.body["values"] else {
      throw .queryParsing("[ids] requires providing a values array of ids", at: clause.location)
    }
    let texts = (values.array ?? [values]).map { $0.string ?? $0.text() }
    return .ids(values: texts, boost: try clause.boost())
  }

  // MARK: - Full text

  private static let matchOptions: [String] = [
    "query", "operator", "analyzer", "minimum_should_match", "zero_terms_query", "lenient", "boost", "_name", "slop", "fuzziness",
    "prefix_length", "max_expansions", "fuzzy_rewrite", "fuzzy_transpositions", "auto_generate_synonyms_phrase_query", "type", "fields",
    "tie_breaker",
  ]

  private func match(_ clause: Clause, _ kind: SearchQuery.Match.Kind) throws(APIError) -> SearchQuery {
    let (field, value, location) = try clause.field()
    guard let body = value.object else {
      return .match(SearchQuery.Match(kind: kind, field: field, value: value))
    }
    let inner = Clause(name: clause.name, body: body, location: location, depth: clause.depth)
    try inner.checkNames(Self.matchOptions)
    return .match(try matchOptions(inner, kind, field: field))
  }

  private func matchOptions(_ clause: Clause, _ kind: SearchQuery.Match.Kind, field: String) throws(APIError) -> SearchQuery.Match {
    let body = clause.body
    guard let query = body["query"], !query.isNull else { throw .illegalArgument("No text specified for text query") }
    var match = SearchQuery.Match(kind: kind, field: field, value: query)
    if let slop = body["slop"] {
      guard kind == .phrase || slop == 0 else {
        throw .queryParsing("[\(clause.name)] query does not support [slop]", at: body.location(of: "slop"))
      }
      guard let moves = slop.int.flatMap({ Int(exactly: $0) }), moves >= 0 else { throw .illegalArgument("No negative slop allowed.") }
      match.slop = moves
    }
    switch body["operator"]?.string?.lowercased() {
    case nil, "or": break
    case "and": match.requiresAll = true
    case .some(let other): throw .illegalArgument("operator [\(other)] is not one of [and, or]")
    }
    if let minimum = body["minimum_should_match"] { match.minimumShouldMatch = try clause.minimum(minimum) }
    if let zero = body["zero_terms_query"]?.string?.lowercased() {
      guard zero == "none" || zero == "all" else {
        throw .queryParsing("Unsupported zero_terms_query value [\(zero)]", at: body.location(of: "zero_terms_query"))
      }
      match.zeroTermsMatchAll = zero == "all"
    }
    match.fuzziness = try self.fuzziness(clause, kind)
    match.analyzer = body["analyzer"]?.string
    match.isLenient = try clause.flag("lenient") ?? false
    match.boost = try clause.boost()
    return match
  }

  private func fuzziness(_ clause: Clause, _ kind: SearchQuery.Match.Kind) throws(APIError) -> Fuzziness? {
    guard let value = clause.body["fuzziness"] else { return nil }
    let location = clause.body.location(of: "fuzziness")
    guard kind == .terms else { throw .queryParsing("[\(clause.name)] query does not support [fuzziness]", at: location) }
    guard var fuzziness = Fuzziness(value) else { throw .queryParsing("Invalid fuzziness value: \(value.text())", at: location) }
    fuzziness.prefixLength = clause.body["prefix_length"]?.int.flatMap { Int(exactly: $0) }.map { max(0, $0) } ?? 0
    fuzziness.allowsTranspositions = try clause.flag("fuzzy_transpositions") ?? true
    return fuzziness
  }

  private func multiMatch(_ clause: Clause) throws(APIError) -> SearchQuery {
    try clause.checkNames(Self.matchOptions)
    guard let fields = clause.body["fields"].map({ $0.array ?? [$0] }), !fields.isEmpty else {
      throw .queryParsing("[multi_match] requires [fields]", at: clause.location)
    }
    let type = clause.body["type"]?.string ?? "best_fields"
    guard ["best_fields", "most_fields", "phrase"].contains(type) else {
      throw .queryParsing("[multi_match] query does not support type [\(type)]", at: clause.body.location(of: "type"))
    }
    var queries: [SearchQuery] = []
    for field in fields {
      guard let text = field.string else { throw .queryParsing("[multi_match] field names must be strings", at: clause.location) }
      let parts = text.split(separator: "^", maxSplits: 1)
      guard let name = parts.first else { throw .queryParsing("[multi_match] field names must not be empty", at: clause.location) }
      var match = try matchOptions(clause, type == "phrase" ? .phrase : .terms, field: String(name))
      match.boost = parts.count > 1 ? Double(parts[1]) ?? 1 : 1
      match.isLenient = true
      queries.append(.match(match))
    }
    let tie = type == "most_fields" ? 1 : clause.body["tie_breaker"]?.double ?? 0
    return .disjunctionMax(queries, tieBreaker: tie, boost: try clause.boost())
  }

  private func queryString(_ clause: Clause) throws(APIError) -> SearchQuery {
    let body = clause.body
    try clause.checkNames([
      "query", "default_field", "fields", "default_operator", "analyzer", "lenient", "boost", "_name", "analyze_wildcard",
      "allow_leading_wildcard", "time_zone", "type", "tie_breaker", "auto_generate_synonyms_phrase_query", "quote_analyzer",
      "fuzziness", "fuzzy_prefix_length", "fuzzy_max_expansions", "fuzzy_transpositions", "minimum_should_match", "max_determinized_states",
      "enable_position_increments", "phrase_slop", "quote_field_suffix", "rewrite",
    ])
    guard let text = body["query"]?.string else {
      throw .queryParsing("[query_string] must be provided with a [query]", at: clause.location)
    }
    var options = QueryStringParser.Options()
    if let field = body["default_field"]?.string { options.defaultFields = [(field, 1)] }
    if let fields = body["fields"]?.array, !fields.isEmpty {
      options.defaultFields = fields.compactMap(\.string).map { text in
        let parts = text.split(separator: "^", maxSplits: 1).map(String.init)
        return (parts.first ?? "*", parts.count > 1 ? Double(parts[1]) ?? 1 : 1)
      }
    }
    options.requiresAll = body["default_operator"]?.string?.lowercased() == "and"
    options.analyzer = body["analyzer"]?.string
    options.isLenient = try clause.flag("lenient") ?? false
    options.timeZone = body["time_zone"]?.string
    if let value = body["fuzziness"] {
      guard let fuzziness = Fuzziness(value) else {
        throw .queryParsing("Invalid fuzziness value: \(value.text())", at: body.location(of: "fuzziness"))
      }
      options.fuzziness = fuzziness
    }
    options.fuzziness.prefixLength = body["fuzzy_prefix_length"]?.int.flatMap { Int(exactly: $0) }.map { max(0, $0) } ?? 0
    options.phraseSlop = body["phrase_slop"]?.int.flatMap { Int(exactly: $0) }.map { max(0, $0) } ?? 0
    let query = try QueryStringParser.parse(text, options)
    let boost = try clause.boost()
    return boost == 1 ? query : .bool(SearchQuery.Bool(must: [query], boost: boost))
  }

  // MARK: - Queries of queries

  private func bool(_ clause: Clause) throws(APIError) -> SearchQuery.Bool {
    var bool = SearchQuery.Bool()
    bool.boost = try clause.boost()
    for member in clause.body.members {
      switch member.name {
      case "must": bool.must += try clauses(member, clause)
      case "filter": bool.filter += try clauses(member, clause)
      case "should": bool.should += try clauses(member, clause)
      case "must_not", "mustNot": bool.mustNot += try clauses(member, clause)
      case "minimum_should_match": bool.minimumShouldMatch = try clause.minimum(member.value)
      case "boost", "_name", "adjust_pure_negative": break
      default:
        let near = Suggestions.similar(to: member.name, among: ["must", "filter", "should", "must_not", "minimum_should_match", "boost"])
        let hint = near.isEmpty ? "" : " did you mean [\(near[0])]?"
        throw .xContentParse("[bool] unknown field [\(member.name)]\(hint)", at: member.location)
      }
    }
    guard bool.must.count + bool.filter.count + bool.should.count + bool.mustNot.count <= Self.clausesMax else {
      throw .illegalArgument("Query contains too many nested clauses; maxClauseCount is set to \(Self.clausesMax)")
    }
    return bool
  }

  private func clauses(_ member: JSONObject.Member, _ clause: Clause) throws(APIError) -> [SearchQuery] {
    guard let list = member.value.array else { return [try query(member.value, at: member.location, depth: clause.depth + 1)] }
    var queries: [SearchQuery] = []
    for item in list { queries.append(try query(item, at: member.location, depth: clause.depth + 1)) }
    return queries
  }

  private func constantScore(_ clause: Clause) throws(APIError) -> SearchQuery {
    try clause.checkNames(["filter", "boost", "_name"])
    guard let filter = clause.body["filter"] else {
      throw .queryParsing("[constant_score] requires a 'filter' element", at: clause.location)
    }
    let inner = try query(filter, at: clause.body.location(of: "filter"), depth: clause.depth + 1)
    return .constantScore(inner, boost: try clause.boost())
  }

  private func disjunctionMax(_ clause: Clause) throws(APIError) -> SearchQuery {
    try clause.checkNames(["queries", "tie_breaker", "boost", "_name"])
    guard let list = clause.body["queries"].map({ $0.array ?? [$0] }), !list.isEmpty else {
      throw .queryParsing("[dis_max] requires 'queries' field with at least one clause", at: clause.location)
    }
    var queries: [SearchQuery] = []
    for item in list { queries.append(try query(item, at: clause.body.location(of: "queries"), depth: clause.depth + 1)) }
    return .disjunctionMax(queries, tieBreaker: clause.body["tie_breaker"]?.double ?? 0, boost: try clause.boost())
  }
}

/// The body of one query.
private struct Clause {
  var name: String
  var body: JSONObject
  var location: JSONLocation?
  var depth: Int

  /// The one field that the query is about, and what it is asked for.
  func field() throws(APIError) -> (name: String, value: JSONValue, location: JSONLocation?) {
    let fields = body.members.filter { $0.name != "boost" && $0.name != "_name" }
    guard let first = fields.first else { throw .illegalArgument("[\(name)] query requires a field name") }
    guard fields.count == 1 else {
      throw .queryParsing(
        "[\(name)] query doesn't support multiple fields, found [\(first.name)] and [\(fields[1].name)]", at: fields[1].location)
    }
    guard !first.name.isEmpty else { throw .illegalArgument("field name is null or empty") }
    return (first.name, first.value, first.location)
  }

  func checkNames(_ known: [String]) throws(APIError) {
    guard let member = body.members.first(where: { !known.contains($0.name) }) else { return }
    throw .queryParsing("[\(name)] query does not support [\(member.name)]", at: member.location)
  }

  func boost() throws(APIError) -> Double {
    guard let value = body["boost"] else { return 1 }
    guard let boost = value.double ?? value.string.flatMap(Double.init), boost.isFinite else {
      throw .queryParsing("[\(name)] boost must be a number", at: body.location(of: "boost"))
    }
    guard boost >= 0 else {
      throw .illegalArgument("negative [boost] are not allowed in [\(name)], use a value between 0 and 1 to deboost")
    }
    return boost
  }

  func flag(_ option: String) throws(APIError) -> Bool? {
    switch body[option] {
    case nil: return nil
    case .bool(let value)?: return value
    case "true"?: return true
    case "false"?: return false
    case .some(let other):
      throw .illegalArgument("Failed to parse value [\(other.string ?? other.text())] as only [true] or [false] are allowed.")
    }
  }

  func minimum(_ value: JSONValue) throws(APIError) -> MinimumShouldMatch {
    guard let minimum = MinimumShouldMatch(value) else {
      throw .queryParsing("[\(name)] does not take [minimum_should_match] of [\(value.string ?? value.text())]", at: location)
    }
    return minimum
  }
}
