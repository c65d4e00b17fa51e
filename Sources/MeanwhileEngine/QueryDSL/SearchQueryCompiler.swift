import Meanwhile
import MeanwhileData

/// Gives a query its meaning over some indices: a condition, and a score, as the engine's expressions over columns that ``SearchFields`` collects.
///
/// A field that no index has matches nothing. An index that lacks a field that another has, likewise.
public struct SearchQueryCompiler: Sendable {
  public private(set) var fields: SearchFields
  /// The moment of `now`.
  public let nowMillis: Int64
  private let registry: FunctionRegistry

  public init(_ snapshots: [IndexSnapshot], now: Timestamp, registry: FunctionRegistry = .standard) {
    fields = SearchFields(snapshots)
    nowMillis = now.milliseconds
    self.registry = registry
  }

  /// - Parameter bindings: columns that are there already, by the paths of the fields that they hold. A path that no index has names the column alone.
  public init(
    _ snapshots: [IndexSnapshot], now: Timestamp, bindings: [(path: String, attribute: Attribute)], registry: FunctionRegistry = .standard
  ) {
    self.init(snapshots, now: now, registry: registry)
    for binding in bindings { fields.bind(binding.path, to: binding.attribute) }
  }

  /// The columns of a field that is read for something else than the query.
  public mutating func variants(of path: String) -> [SearchFields.Variant] { fields.variants(of: path) }

  /// A metadata column; see ``SearchFields/metadata(_:)``.
  public mutating func metadata(_ name: String) -> Attribute { fields.metadata(name) }

  /// A column of nulls; see ``SearchFields/unmapped(_:type:)``.
  public mutating func unmapped(_ path: String, type: DataType) -> Attribute { fields.unmapped(path, type: type) }

  /// The documents that a query means: a boolean that is never null.
  ///
  /// - Throws: a failed search (400) for a value that its field cannot have; a 400 for a field that is not stored.
  public mutating func condition(_ query: SearchQuery) throws(APIError) -> Expression {
    let meaning = try meaning(of: query)
    try fields.checkReadable()
    return meaning
  }

  private mutating func meaning(of query: SearchQuery) throws(APIError) -> Expression {
    if let expanded = expanded(query) { return try condition(expanded) }
    switch query {
    case .matchAll: return Self.constant(true)
    case .matchNone: return Self.constant(false)
    case .term(let term): return try self.term(term)
    case .terms(let field, let values, _):
      return try leaf(field, name: "terms") { variant, reader throws(APIError) in .value(try reader.equals(values)) }
    case .range(let range):
      return try leaf(range.field, name: "range") { variant, reader throws(APIError) in .value(try reader.range(range)) }
    case .exists(let field, _): return exists(field)
    case .prefix(let text):
      return try pattern(text, "prefix") { value, isCaseInsensitive throws(TextPatternError) in
        try .prefix(value, isCaseInsensitive: isCaseInsensitive)
      }
    case .wildcard(let text):
      return try pattern(text, "wildcard") { value, isCaseInsensitive throws(TextPatternError) in
        try .wildcard(value, isCaseInsensitive: isCaseInsensitive)
      }
    case .regexp(let text):
      return try pattern(text, "regexp") { value, isCaseInsensitive throws(TextPatternError) in
        try .regexp(value, isCaseInsensitive: isCaseInsensitive)
      }
    case .ids(let values, _):
      return AnyValueFunction.expression(.bytes(.oneOf(values.map { Array($0.utf8) })), of: fields.metadata("_id"), origin: "ids")
    case .match(let match): return try self.match(match)
    case .bool(let bool): return try self.bool(bool)
    case .constantScore(let inner, _): return try condition(inner)
    case .disjunctionMax(let queries, _, _): return combined("or", try conditions(queries), empty: false)
    }
  }

  private mutating func conditions(_ queries: [SearchQuery]) throws(APIError) -> [Expression] {
    var found: [Expression] = []
    for query in queries { found.append(try condition(query)) }
    return found
  }

  // MARK: - Fields

  /// A query of a pattern of names as one of every field that can have such a value; nil where it names its field.
  mutating func expanded(_ query: SearchQuery) -> SearchQuery? {
    guard let pattern = query.field, Wildcard.isPattern(pattern) else { return nil }
    var queries: [SearchQuery] = []
    for path in fields.paths where Wildcard.matches(pattern, path) {
      let one = query.about(path)
      // Not every field can have the value, and those that cannot do not match.
      if (try? condition(one)) != nil, !fields.variants(of: path).isEmpty { queries.append(one) }
    }
    return queries.isEmpty ? .matchNone : .disjunctionMax(queries, tieBreaker: 0, boost: 1)
  }

  private enum Test {
    case value(ValueTest)
    case text(TextTest)
  }

  /// A test of each type that the field has, joined.
  private mutating func leaf(
    _ field: String, name: String, _ make: (SearchFields.Variant, FieldValueReader) throws(APIError) -> Test
  ) throws(APIError) -> Expression {
    if field == "_id" || field == "_index" {
      let attribute = fields.metadata(field)
      let leaf = Mapping.Leaf(path: field, field: FieldMapping(type: .keyword), sourcePath: field)
      let variant = SearchFields.Variant(attribute: attribute, leaf: leaf, index: fields.snapshots.first?.definition.name ?? "")
      guard case .value(let test) = try make(variant, FieldValueReader(variant: variant, nowMillis: nowMillis)) else {
        return Self.constant(false)
      }
      return AnyValueFunction.expression(test, of: attribute, origin: name)
    }
    var choices: [Expression] = []
    for variant in fields.variants(of: field) {
      let test = try make(variant, FieldValueReader(variant: variant, nowMillis: nowMillis))
      switch (test, variant.attribute.type) {
      case (.value(.none), _): continue
      case (.value(.bytes(let bytes)), .text):
        // A text is its terms: one of them must pass.
        choices.append(AnyValueFunction.text(TextTest(any: bytes), of: variant, origin: name))
      case (.value(let test), _): choices.append(AnyValueFunction.expression(test, of: variant.attribute, origin: name))
      case (.text(let test), _): choices.append(AnyValueFunction.text(test, of: variant, origin: name))
      }
    }
    return combined("or", choices, empty: false)
  }

  private mutating func exists(_ field: String) -> Expression {
    if field == "_id" || field == "_index" || field == "_source" { return Self.constant(true) }
    var choices = fields.variants(of: field).map { AnyValueFunction.exists($0.attribute) }
    for path in fields.paths(below: field) { choices += fields.variants(of: path).map { AnyValueFunction.exists($0.attribute) } }
    return combined("or", choices, empty: false)
  }

  private mutating func term(_ term: SearchQuery.FieldText) throws(APIError) -> Expression {
    guard term.isCaseInsensitive else {
      return try leaf(term.field, name: "term") { variant, reader throws(APIError) in .value(try reader.equals([term.value])) }
    }
    return try pattern(term, "term") { value, _ throws(TextPatternError) in try .exact(value, isCaseInsensitive: true) }
  }

  private mutating func pattern(
    _ text: SearchQuery.FieldText, _ name: String, _ make: (String, Bool) throws(TextPatternError) -> TextPattern
  ) throws(APIError) -> Expression {
    func compiled(_ isCaseInsensitive: Bool) throws(APIError) -> TextPattern {
      do {
        return try make(FieldValueReader.text(text.value), isCaseInsensitive)
      } catch {
        switch error {
        case .syntax(let reason): throw .illegalArgument(reason)
        case .tooComplex: throw .searchFailure(type: "too_complex_to_determinize_exception", error.reason, index: nil)
        }
      }
    }
    // Also where no index has the field: a pattern that is none is an error.
    let pattern = try compiled(text.isCaseInsensitive)
    let analyzed = text.followsAnalyzer && !text.isCaseInsensitive ? try compiled(true) : pattern
    return try leaf(text.field, name: name) { variant, reader throws(APIError) in
      guard variant.attribute.type.isString else {
        throw .searchFailure(
          "Can only use \(name) queries on keyword, text and wildcard fields - not on [\(variant.leaf.path)] which is of type "
            + "[\(variant.leaf.field.type.rawValue)]", index: variant.index)
      }
      return .value(.bytes(.pattern(variant.attribute.type == .text ? analyzed : pattern)))
    }
  }

  /// A text in any case of letters.
  private static func anyCase(_ text: String) throws(APIError) -> TextPattern {
    do {
      return try .exact(text, isCaseInsensitive: true)
    } catch {
      throw .illegalArgument(error.reason)
    }
  }

  // MARK: - Full text

  private mutating func match(_ match: SearchQuery.Match) throws(APIError) -> Expression {
    let text = FieldValueReader.text(match.value)
    var isEmpty = false
    let condition = try leaf(match.field, name: match.kind.rawValue) { variant, reader throws(APIError) in
      guard variant.attribute.type == .text else {
        if match.isCaseInsensitive, variant.attribute.type == .keyword { return .value(.bytes(.pattern(try Self.anyCase(text)))) }
        do throws(APIError) {
          return .value(try reader.equals([match.value]))
        } catch {
          if match.isLenient { return .value(.none) }
          throw error
        }
      }
      let analyzer = try variant.searchAnalyzer(match.analyzer)
      let terms = analyzer.terms(of: text)
      guard !terms.isEmpty else {
        isEmpty = true
        return .value(.none)
      }
      if match.kind == .phrase { return .text(TextTest(phrase: terms, slop: match.slop)) }
      if let fuzziness = match.fuzziness {
        let similar = Set(terms).map { SimilarTerm($0, fuzziness) }
        return .text(TextTest(similar: similar, required: match.required(of: similar.count)))
      }
      return .text(TextTest(terms: terms, required: match.required(of: Set(terms).count)))
    }
    return isEmpty && match.zeroTermsMatchAll ? Self.constant(true) : condition
  }

  // MARK: - Queries of queries

  private mutating func bool(_ bool: SearchQuery.Bool) throws(APIError) -> Expression {
    var required = try conditions(bool.must) + conditions(bool.filter)
    let optional = try conditions(bool.should)
    let wanted = bool.required
    if wanted > optional.count { return Self.constant(false) }
    if wanted == 1 {
      required.append(combined("or", optional, empty: false))
    } else if wanted == optional.count {
      required += optional
    } else if wanted > 1 {
      required.append(Self.atLeast(wanted, of: optional))
    }
    let excluded = try conditions(bool.mustNot)
    if !excluded.isEmpty { required.append(negated(combined("or", excluded, empty: false))) }
    return combined("and", required, empty: true)
  }

  static func constant(_ value: Bool) -> Expression { .literal(.boolean(value), .boolean) }

  /// A balanced tree of `and` or `or`, so that a thousand clauses nest ten deep.
  func combined(_ name: String, _ conditions: [Expression], empty: Bool) -> Expression {
    guard let first = conditions.first else { return Self.constant(empty) }
    guard conditions.count > 1 else { return first }
    let middle = conditions.count / 2
    let left = combined(name, Array(conditions[..<middle]), empty: empty)
    let right = combined(name, Array(conditions[middle...]), empty: empty)
    // Both are booleans, which is all that the operator asks.
    return (try? registry.call(name, [left, right])) ?? Self.constant(empty)
  }

  private func negated(_ condition: Expression) -> Expression {
    (try? registry.call(OperatorName.not, [condition])) ?? Self.constant(false)
  }

  /// Whether so many of some conditions are true.
  private static func atLeast(_ count: Int, of conditions: [Expression]) -> Expression {
    let kernel = ScalarFunction.Kernel.eager { arguments, frame in
      let cells = arguments.map { frame.cells($0, of: UInt8.self) }
      let result = Vector<UInt8>(count: frame.rowCount) { target in
        for row in 0..<frame.rowCount {
          var found = 0
          for cell in cells where cell.map({ !$0.isNull(row) && $0[row] != 0 }) ?? false { found += 1 }
          (target + row).initialize(to: found >= count ? 1 : 0)
        }
      }
      return Column(type: .boolean, rowCount: frame.rowCount, values: .booleans(result))
    }
    let resolution = ScalarFunction.Resolution(type: .boolean, kernel: kernel)
    let documentation = FunctionDocumentation(
      category: .search, syntax: "at_least(condition, …)", summary: "Whether enough of some conditions are true.", propagatesNull: false)
    let function = ScalarFunction(name: "at_least", documentation: documentation) { _ throws(FunctionError) in resolution }
    return .call(Expression.Call(function: function, arguments: conditions, resolution: resolution, origin: .none))
  }
}

extension SearchQuery {
  /// The field of a query that is about one.
  var field: String? {
    switch self {
    case .term(let text), .prefix(let text), .wildcard(let text), .regexp(let text): text.field
    case .range(let range): range.field
    case .match(let match): match.field
    case .terms(let field, _, _), .exists(let field, _): field
    default: nil
    }
  }

  /// The same query about another field.
  func about(_ path: String) -> SearchQuery {
    switch self {
    case .term(var text):
      text.field = path
      return .term(text)
    case .prefix(var text):
      text.field = path
      return .prefix(text)
    case .wildcard(var text):
      text.field = path
      return .wildcard(text)
    case .regexp(var text):
      text.field = path
      return .regexp(text)
    case .range(var range):
      range.field = path
      return .range(range)
    case .match(var match):
      match.field = path
      return .match(match)
    case .terms(_, let values, let boost): return .terms(field: path, values: values, boost: boost)
    case .exists(_, let boost): return .exists(field: path, boost: boost)
    default: return self
    }
  }
}

extension SearchQuery.Bool {
  /// How many of the optional clauses must match: by default one, where nothing else is required.
  var required: Int {
    if should.isEmpty { return minimumShouldMatch.map { $0.required(of: 0) } ?? 0 }
    if let minimumShouldMatch { return minimumShouldMatch.required(of: should.count) }
    return must.isEmpty && filter.isEmpty ? 1 : 0
  }
}

extension SearchQuery.Match {
  /// How many of the different terms a document must have.
  func required(of termCount: Int) -> Int {
    if requiresAll { return termCount }
    guard let minimumShouldMatch else { return 1 }
    return max(1, minimumShouldMatch.required(of: termCount))
  }
}

extension SearchFields.Variant {
  /// The analyzer that the field's texts are cut by; the standard one where the mapping names none, or one there is none of.
  var analyzer: Analyzer { leaf.field.analyzer }

  /// The analyzer of a query's text.
  func searchAnalyzer(_ name: String?) throws(APIError) -> Analyzer {
    guard let name else {
      return leaf.field.parameters["search_analyzer"]?.string.flatMap(Analyzer.init(named:)) ?? analyzer
    }
    guard let found = Analyzer(named: name) else {
      throw .searchFailure("[match] analyzer [\(name)] not found", index: index)
    }
    return found
  }
}
