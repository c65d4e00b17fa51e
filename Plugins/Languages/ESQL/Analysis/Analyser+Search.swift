import Meanwhile
import MeanwhileData
import MeanwhileEngine

// Full-text functions: MATCH, MATCH_PHRASE, `:`, TERM, QSTR, KQL. Each becomes a search query, which compiles to a condition over the columns.

extension Analyser {
  /// A function that searches.
  enum SearchFunction: String {
    case match, term, qstr, kql
    case matchPhrase = "match_phrase"

    /// How many arguments it takes, options aside.
    fileprivate var argumentCount: Int { self == .qstr || self == .kql ? 1 : 2 }

    /// The options it takes, as Elasticsearch documents them.
    fileprivate var options: [String] {
      switch self {
      case .match:
        [
          "analyzer", "auto_generate_synonyms_phrase_query", "boost", "fuzziness", "fuzzy_rewrite", "fuzzy_transpositions", "lenient",
          "max_expansions", "minimum_should_match", "operator", "prefix_length", "zero_terms_query",
        ]
      case .matchPhrase: ["analyzer", "boost", "slop", "zero_terms_query"]
      case .qstr:
        [
          "allow_leading_wildcard", "analyze_wildcard", "analyzer", "auto_generate_synonyms_phrase_query", "boost", "default_field",
          "default_operator", "enable_position_increments", "fuzziness", "fuzzy_max_expansions", "fuzzy_prefix_length",
          "fuzzy_transpositions", "lenient", "max_determinized_states", "minimum_should_match", "phrase_slop", "quote_analyzer",
          "quote_field_suffix", "rewrite", "time_zone",
        ]
      case .kql: ["boost", "case_insensitive", "default_field", "time_zone"]
      case .term: []
      }
    }
  }

  /// A call of a function that searches; nil where it is wrong, which has been noted.
  mutating func search(_ function: SearchFunction, _ call: CallSyntax, at range: SourceRange) -> Expression? {
    searchQuery(function, call, at: range).flatMap { condition($0.query, over: $0.computed, at: range) }
  }

  /// What a call asks for.
  struct SearchCall {
    var query: SearchQuery
    /// A column that the query names by a path; nil for a query over all fields.
    var computed: (Attribute, String)?
  }

  private mutating func searchQuery(_ function: SearchFunction, _ call: CallSyntax, at range: SourceRange) -> SearchCall? {
    let name = function.rawValue.uppercased()
    guard call.arguments.count == function.argumentCount else {
      problem(
        "error building [\(call.name)]: expects exactly \(function.argumentCount == 1 ? "one argument" : "two arguments")", at: range)
      return nil
    }
    for option in call.options where !function.options.contains(option.name) {
      let list = function.options.joined(separator: ", ")
      problem("Invalid option [\(option.name)] in [\(source.text(of: range))], expected one of [\(list)]", at: range)
      return nil
    }
    guard let text = constant(call.arguments[function.argumentCount - 1], of: call, ordinal: function.argumentCount == 1 ? "" : "second ")
    else {
      return nil
    }
    do {
      switch function {
      case .qstr: return SearchCall(query: try queryString(text.string ?? text.text(), call.options))
      case .kql: return SearchCall(query: try kibanaQuery(text.string ?? text.text(), call.options))
      case .match, .matchPhrase, .term:
        guard let field = searched(call.arguments[0], name) else { return nil }
        let query: SearchQuery
        if function == .term {
          query = try SearchQuery(parsing: ["term": .object([field.path: text])])
        } else {
          query = .match(try match(function == .match ? .terms : .phrase, field.path, text, call.options))
        }
        return SearchCall(query: query, computed: field.attribute.map { ($0, field.path) })
      }
    } catch {
      problem(error.cause?.error.reason ?? error.reason, at: range)
      return nil
    }
  }

  /// `field : query`.
  mutating func searchOperator(
    _ field: NameSyntax, cast: NameSyntax?, _ query: ExpressionSyntax, at range: SourceRange
  ) -> Expression? {
    let call = CallSyntax(name: NameSyntax(text: ":", range: range), arguments: [operand(field, cast: cast), query])
    return search(.match, call, at: range)
  }

  private func operand(_ field: NameSyntax, cast: NameSyntax?) -> ExpressionSyntax {
    let column = ExpressionSyntax(.column(field), field.range, depth: 1)
    return cast.map { ExpressionSyntax(.cast(column, type: $0), field.range.through($0.range), depth: 2) } ?? column
  }

  // MARK: - Arguments

  private mutating func constant(_ syntax: ExpressionSyntax, of call: CallSyntax, ordinal: String) -> JSONValue? {
    guard let expression = expression(syntax) else { return nil }
    guard let value = expression.constant, value != .null else {
      problem(
        expression.constant == nil
          ? "\(ordinal)argument of [\(source.text(of: call.name.range.through(syntax.range)))] must be a constant, received [\(source.text(of: syntax.range))]"
          : "\(ordinal)argument of [\(source.text(of: call.name.range.through(syntax.range)))] cannot be null, received [\(source.text(of: syntax.range))]",
        at: syntax.range)
      return nil
    }
    switch value {
    case .boolean(let value): return .bool(value)
    case .double(let value): return .double(value)
    case .long(let value) where expression.type == .integer || expression.type == .long: return .integer(value)
    default:
      // Dates, addresses and versions are searched for as they are written.
      guard let text = try? environment.functions.call("to_string", [expression]), case .bytes(let bytes)? = fold(text).constant else {
        return .string(expression.text)
      }
      return .string(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// The field to search, or the column that holds what was computed. A conversion of a field to its own type is taken for the field.
  private mutating func searched(_ syntax: ExpressionSyntax, _ function: String) -> (path: String, attribute: Attribute?)? {
    guard let found = expression(syntax) else { return nil }
    if case .column(let attribute) = found {
      if let path = searchScope.paths[attribute] { return (path, attribute) }
      return (Self.computedPath(attribute), attribute)
    }
    if found.type == .null { return (Self.computedPath(Attribute(name: "null", type: .null)), nil) }
    if case .call(let call) = found, call.function.documentation.category == .conversion,
      case .column(let attribute)? = call.arguments.first,
      attribute.type == found.type, let path = searchScope.paths[attribute]
    {
      return (path, attribute)
    }
    let attribute = Attribute(name: source.text(of: syntax.range), type: found.type)
    plan = .eval(plan, [Plan.Assignment(attribute, found)])
    return (Self.computedPath(attribute), attribute)
  }

  /// A path that no field has.
  private static func computedPath(_ attribute: Attribute) -> String { "\u{1}\(attribute.name)" }

  private func match(
    _ kind: SearchQuery.Match.Kind, _ path: String, _ text: JSONValue, _ options: [OptionSyntax]
  ) throws(APIError) -> SearchQuery.Match {
    var body: JSONObject = ["query": text, "lenient": true]
    for option in options { body[option.name] = try option.json(of: kind.rawValue) }
    let query = try SearchQuery(parsing: [kind.rawValue: [path: .object(body)]])
    guard case .match(let match) = query else { throw .illegalArgument("not a full-text query") }
    return match
  }

  private func queryString(_ text: String, _ options: [OptionSyntax]) throws(APIError) -> SearchQuery {
    var body: JSONObject = ["query": .string(text)]
    for option in options { body[option.name] = try option.json(of: "qstr") }
    return try SearchQuery(parsing: ["query_string": .object(body)])
  }

  private func kibanaQuery(_ text: String, _ options: [OptionSyntax]) throws(APIError) -> SearchQuery {
    var read = KQLParser.Options()
    var boost = 1.0
    for option in options {
      switch (option.name, try option.json(of: "kql")) {
      case ("boost", .double(let value)): boost = value
      case ("boost", .integer(let value)): boost = Double(value)
      case ("case_insensitive", .bool(let value)): read.isCaseInsensitive = value
      case ("default_field", .string(let value)): read.defaultField = value
      case ("time_zone", .string(let value)): read.timeZone = value
      case (_, let value): throw .illegalArgument("Invalid option [\(option.name)] in [kql], cannot cast [\(value.text())]")
      }
    }
    let query = try KQLParser.parse(text, read)
    return boost == 1 ? query : .bool(SearchQuery.Bool(must: [query], boost: boost))
  }

  // MARK: - Scores

  /// `SCORE(MATCH(…) OR …)`: the relevance of a row to a full-text condition; 0 where it does not match.
  mutating func score(_ call: CallSyntax, at range: SourceRange) -> Expression? {
    guard call.arguments.count == 1 else {
      problem("error building [\(call.name)]: expects exactly one argument", at: range)
      return nil
    }
    var computed: [(Attribute, String)] = []
    guard let query = scoredQuery(call.arguments[0], &computed, of: range) else { return nil }
    var compiler = searchCompiler(computed.first)
    do {
      // As an optional clause, so that rows which do not match score nothing.
      let score = try compiler.score(.bool(SearchQuery.Bool(should: [query]))) {}
      addScanColumns(compiler.fields.columns)
      return score
    } catch {
      problem((error as? APIError)?.reason ?? "\(error)", at: range)
      return nil
    }
  }

  private mutating func scoredQuery(_ syntax: ExpressionSyntax, _ computed: inout [(Attribute, String)], of range: SourceRange)
    -> SearchQuery?
  {
    switch syntax.kind {
    case .and(let left, let right), .or(let left, let right):
      guard let first = scoredQuery(left, &computed, of: range), let second = scoredQuery(right, &computed, of: range) else { return nil }
      if case .and = syntax.kind { return .bool(SearchQuery.Bool(must: [first, second])) }
      return .bool(SearchQuery.Bool(should: [first, second]))
    case .call(let call):
      guard let function = SearchFunction(rawValue: call.name.text.lowercased()) else { break }
      guard let found = searchQuery(function, call, at: syntax.range) else { return nil }
      if let column = found.computed { computed.append(column) }
      return found.query
    case .match(let name, let cast, let query):
      let field = operand(name, cast: cast)
      let call = CallSyntax(name: NameSyntax(text: ":", range: syntax.range), arguments: [field, query])
      guard let found = searchQuery(.match, call, at: syntax.range) else { return nil }
      if let column = found.computed { computed.append(column) }
      return found.query
    default: break
    }
    problem(
      "[SCORE] function requires a full text function as argument, found [\(source.text(of: syntax.range))]", at: range)
    return nil
  }

  // MARK: - Conditions

  /// - Parameter computed: a column that the query names by a path; nil for a query over all fields.
  private mutating func condition(_ query: SearchQuery, over computed: (Attribute, String)? = nil, at range: SourceRange) -> Expression? {
    var compiler = searchCompiler(computed)
    do {
      let condition = try compiler.condition(query)
      addScanColumns(compiler.fields.columns)
      if scoresMatches { searchScope.scored.append(query) }
      return condition
    } catch {
      problem(error.cause?.error.reason ?? error.reason, at: range)
      return nil
    }
  }

  private func searchCompiler(_ computed: (attribute: Attribute, path: String)? = nil) -> SearchQueryCompiler {
    var bindings = columns.filter(searchScope.bound.contains).compactMap { column in
      searchScope.paths[column].map { (path: $0, attribute: column) }
    }
    if let computed, searchScope.paths[computed.attribute] == nil { bindings.append((computed.path, computed.attribute)) }
    return SearchQueryCompiler(searchScope.snapshots, now: environment.settings.now, bindings: bindings)
  }

  /// Adds columns to the scan that the rows come from.
  private mutating func addScanColumns(_ columns: [Plan.Scan.Column]) {
    guard !columns.isEmpty else { return }
    plan = plan.mapScan { scan in scan.columns += columns }
  }

  /// Gives the scan what its rows are scored by.
  mutating func addScores() throws(APIError) {
    guard !searchScope.scored.isEmpty, plan.readsScore else { return }
    defer { searchScope.scored = [] }
    var compiler = searchCompiler()
    do {
      let score = try compiler.score(.bool(SearchQuery.Bool(should: searchScope.scored))) {}
      addScanColumns(compiler.fields.columns)
      plan = plan.mapScan { $0.score = score }
    } catch let error as APIError {
      throw error
    } catch {
      throw .internalFailure("\(error)")
    }
  }
}

extension OptionSyntax {
  fileprivate func json(of function: String) throws(APIError) -> JSONValue {
    guard case .literal(let literal) = value else {
      throw .illegalArgument("Invalid option [\(name)] in [\(function)], expected a constant")
    }
    switch literal {
    case .boolean(let value): return .bool(value)
    case .integer(let value): return .integer(Int64(value))
    case .long(let value): return .integer(value)
    case .double(let value): return .double(value)
    case .string(let value): return .string(value)
    default: throw .illegalArgument("Invalid option [\(name)] in [\(function)], expected a constant")
    }
  }
}

extension Plan {
  /// The plan with its scan changed, as long as what lies above it only adds, drops or orders rows.
  func mapScan(_ change: (inout Plan.Scan) -> Void) -> Plan {
    if case .scan(var scan) = self {
      change(&scan)
      return .scan(scan)
    }
    return over { $0.mapScan(change) }
  }

  fileprivate var readsScore: Bool {
    var found = false
    _ = mapScan { scan in found = scan.columns.contains { if case .score = $0.source { true } else { false } } }
    return found
  }
}
