import Meanwhile

/// Reads Lucene's query-string syntax, as the `q` parameter and the `query_string` query take it: `title:(quick OR brown) +price:[10 TO 20} -lazy* "loose phrase"~2`.
public struct QueryStringParser: Sendable {
  public struct Options: Sendable {
    /// Fields of terms that name none; patterns are allowed. Each may have a boost.
    public var defaultFields: [(name: String, boost: Double)] = [("*", 1)]
    /// Whether terms side by side must all match, rather than any of them.
    public var requiresAll = false
    public var analyzer: String?
    /// Whether a value that its field cannot have matches nothing rather than being an error.
    public var isLenient = false
    public var timeZone: String?
    /// What a `~` behind a term allows where no number follows it.
    public var fuzziness = Fuzziness.automatic
    /// How far the words of a phrase may be moved where no number follows it.
    public var phraseSlop = 0

    public init() {}
  }

  private enum Occurrence {
    case must, should, mustNot
  }

  private let text: String
  private let scalars: [Unicode.Scalar]
  private let options: Options
  private var at = 0

  /// Reads a query string.
  ///
  /// - Throws: a failed search (400), `Failed to parse query […]`.
  public static func parse(_ text: String, _ options: Options = Options()) throws(APIError) -> SearchQuery {
    var parser = QueryStringParser(text, options)
    let query = try parser.clauses(field: nil, depth: 0)
    guard parser.at == parser.scalars.count else { throw parser.failure() }
    return query ?? .matchNone
  }

  private init(_ text: String, _ options: Options) {
    self.text = text
    self.options = options
    scalars = Array(text.unicodeScalars)
  }

  private func failure(_ detail: String? = nil) -> APIError {
    let place = detail ?? "Cannot parse '\(text)': unexpected input at column \(at)"
    return .searchFailure(
      "Failed to parse query [\(text)]", index: nil, causedBy: APIError(type: "parse_exception", reason: place, status: 400))
  }

  // MARK: - Clauses

  /// Clauses up to the end or a closing parenthesis; nil where there are none.
  private mutating func clauses(field: String?, depth: Int) throws(APIError) -> SearchQuery? {
    guard depth < SearchQueryParser.depthMax else { throw failure("Cannot parse '\(text)': groups nest too deep") }
    var found: [(occurrence: Occurrence, query: SearchQuery)] = []
    while true {
      skipSpace()
      guard at < scalars.count, scalars[at] != ")" else { break }
      let conjunction = self.conjunction()
      skipSpace()
      var occurrence = modifier()
      skipSpace()
      guard at < scalars.count, scalars[at] != ")" else { throw failure() }
      let query = try clause(field: field, depth: depth)
      guard found.count < SearchQueryParser.clausesMax else { throw failure("too many clauses") }
      // As Lucene's classic parser has it: a conjunction reaches back to the clause before it.
      if conjunction == .must, let last = found.indices.last, found[last].occurrence == .should { found[last].occurrence = .must }
      if conjunction == .should, options.requiresAll, let last = found.indices.last, found[last].occurrence == .must {
        found[last].occurrence = .should
      }
      if occurrence == nil {
        let isRequired = options.requiresAll ? conjunction != .should : conjunction == .must
        occurrence = isRequired ? .must : .should
      }
      guard let query, let occurrence else { continue }
      found.append((occurrence, query))
    }
    guard let first = found.first else { return nil }
    if found.count == 1, first.occurrence != .mustNot { return first.query }
    return .bool(
      SearchQuery.Bool(
        must: found.filter { $0.occurrence == .must }.map(\.query), should: found.filter { $0.occurrence == .should }.map(\.query),
        mustNot: found.filter { $0.occurrence == .mustNot }.map(\.query)))
  }

  private mutating func conjunction() -> Occurrence? {
    if skipWord("AND") || skip("&&") { return .must }
    if skipWord("OR") || skip("||") { return .should }
    return nil
  }

  private mutating func modifier() -> Occurrence? {
    if skip("+") { return .must }
    if skip("-") || skip("!") || skipWord("NOT") { return .mustNot }
    return nil
  }

  /// One clause; nil for an empty group.
  private mutating func clause(field: String?, depth: Int) throws(APIError) -> SearchQuery? {
    let name = fieldName()
    let field = name ?? field
    skipSpace()
    guard at < scalars.count else { throw failure() }
    var query: SearchQuery?
    switch scalars[at] {
    case "(":
      at += 1
      query = try clauses(field: field, depth: depth + 1)
      guard skip(")") else { throw failure("Cannot parse '\(text)': a closing parenthesis is missing") }
    case "\"": query = try phrase(field)
    case "[", "{": query = try range(field)
    case ">", "<": query = try comparison(field)
    case "/": query = try regexp(field)
    // `a: x y` is one word for the field, and one for the default ones.
    default: query = try term(field, joinsWords: name == nil)
    }
    let boost = try self.boost()
    guard let query, boost != 1 else { return query }
    return .bool(SearchQuery.Bool(must: [query], boost: boost))
  }

  /// A name and a colon, if they come next.
  private mutating func fieldName() -> String? {
    let start = at
    var name = String.UnicodeScalarView()
    while at < scalars.count, !Self.endsName(scalars[at]) {
      if scalars[at] == "\\", at + 1 < scalars.count { at += 1 }
      name.append(scalars[at])
      at += 1
    }
    guard at > start, at < scalars.count, scalars[at] == ":" else {
      at = start
      return nil
    }
    at += 1
    return String(name)
  }

  private static func endsName(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || "():\"[]{}/^~<>+!".unicodeScalars.contains(scalar)
  }

  // MARK: - Leaves

  /// A leaf of the field, or of every default field.
  private func leaf(_ field: String?, _ make: (String) -> SearchQuery) -> SearchQuery {
    if let field { return make(field) }
    guard options.defaultFields.count > 1 || options.defaultFields.contains(where: { $0.boost != 1 }) else {
      return make(options.defaultFields.first?.name ?? "*")
    }
    let queries = options.defaultFields.map { field in SearchQuery.bool(SearchQuery.Bool(must: [make(field.name)], boost: field.boost)) }
    return .disjunctionMax(queries, tieBreaker: 0, boost: 1)
  }

  private func match(_ kind: SearchQuery.Match.Kind, _ field: String, _ value: String) -> SearchQuery {
    var match = SearchQuery.Match(kind: kind, field: field, value: .string(value))
    match.analyzer = options.analyzer
    match.isLenient = options.isLenient
    // What the analyzer makes several terms of must all be there.
    match.requiresAll = options.requiresAll
    return .match(match)
  }

  private mutating func phrase(_ field: String?) throws(APIError) -> SearchQuery {
    let value = try quoted("\"")
    let slop = skip("~") ? number().map { Int(min($0, 1_000_000)) } ?? options.phraseSlop : options.phraseSlop
    return leaf(field) { field in
      guard case .match(var match) = match(.phrase, field, value) else { return .matchNone }
      match.slop = slop
      return .match(match)
    }
  }

  private mutating func regexp(_ field: String?) throws(APIError) -> SearchQuery {
    let value = try quoted("/")
    return leaf(field) { .regexp(SearchQuery.FieldText(field: $0, value: .string(value))) }
  }

  /// Text between two marks; a backslash before a mark makes it text.
  private mutating func quoted(_ mark: Unicode.Scalar) throws(APIError) -> String {
    at += 1
    var value = String.UnicodeScalarView()
    while at < scalars.count, scalars[at] != mark {
      if scalars[at] == "\\", at + 1 < scalars.count, scalars[at + 1] == mark { at += 1 }
      value.append(scalars[at])
      at += 1
    }
    guard at < scalars.count else { throw failure("Cannot parse '\(text)': a closing \(mark) is missing") }
    at += 1
    return String(value)
  }

  /// - Parameter joinsWords: whether the words behind this one belong to it.
  private mutating func term(_ field: String?, joinsWords: Bool) throws(APIError) -> SearchQuery {
    var plain = String.UnicodeScalarView()
    var pattern = String.UnicodeScalarView()
    var hasWildcard = false
    while at < scalars.count, !Self.endsTerm(scalars[at]) {
      let scalar = scalars[at]
      at += 1
      if scalar == "\\", at < scalars.count {
        plain.append(scalars[at])
        pattern.append(contentsOf: ["\\", scalars[at]])
        at += 1
        continue
      }
      if scalar == "*" || scalar == "?" { hasWildcard = true }
      plain.append(scalar)
      pattern.append(scalar)
    }
    guard !plain.isEmpty else { throw failure() }
    var value = String(plain)
    if skip("~") {
      let fuzziness = self.fuzziness()
      return leaf(field) { field in
        guard case .match(var match) = self.match(.terms, field, value) else { return .matchNone }
        match.fuzziness = fuzziness
        return .match(match)
      }
    }
    if field == "_exists_" { return .exists(field: value, boost: 1) }
    guard hasWildcard else {
      // Words with nothing between them are one text, which the field's analyzer cuts: a keyword is matched as a whole.
      while joinsWords, let next = plainWord() { value += " " + next }
      return leaf(field) { match(.terms, $0, value) }
    }
    if value == "*" {
      if let field, field != "*" { return .exists(field: field, boost: 1) }
      return .matchAll(boost: 1)
    }
    return leaf(field) {
      var wildcard = SearchQuery.FieldText(field: $0, value: .string(String(pattern)))
      wildcard.followsAnalyzer = true
      return .wildcard(wildcard)
    }
  }

  /// What follows a `~`: a number of edits, or nothing.
  private mutating func fuzziness() -> Fuzziness {
    guard let edits = number() else { return options.fuzziness }
    var fuzziness = Fuzziness(edits: min(Int(min(edits, 2)), Fuzziness.editsMax))
    fuzziness.prefixLength = options.fuzziness.prefixLength
    return fuzziness
  }

  /// A number, if one comes next.
  private mutating func number() -> Double? {
    var digits = String.UnicodeScalarView()
    while at < scalars.count, "0123456789.".unicodeScalars.contains(scalars[at]) {
      digits.append(scalars[at])
      at += 1
    }
    return Double(String(digits))
  }

  /// The next word, if it comes alone: no operator before it, no wildcard or escape in it, no mark or operator behind it.
  private mutating func plainWord() -> String? {
    let start = at
    skipSpace()
    var word = String.UnicodeScalarView()
    while at < scalars.count, !Self.endsTerm(scalars[at]) {
      word.append(scalars[at])
      at += 1
    }
    let text = String(word)
    let isPlain = !word.contains { "*?\\:+-!/<>=&|".unicodeScalars.contains($0) } && !["AND", "OR", "NOT"].contains(text)
    guard isPlain, !word.isEmpty, at >= scalars.count || scalars[at].properties.isWhitespace || scalars[at] == ")", !isBeforeOperator()
    else {
      at = start
      return nil
    }
    return text
  }

  /// Whether an operator comes next, which binds the word before it alone.
  private func isBeforeOperator() -> Bool {
    var ahead = self
    ahead.skipSpace()
    return ahead.conjunction() != nil
  }

  private static func endsTerm(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || "()\"[]{}^~".unicodeScalars.contains(scalar)
  }

  /// `[a TO b]`, `{a TO b}`, or one of each; `*` is no bound.
  private mutating func range(_ field: String?) throws(APIError) -> SearchQuery {
    let includesLower = scalars[at] == "["
    at += 1
    let lower = try bound()
    skipSpace()
    guard skipWord("TO") else { throw failure("Cannot parse '\(text)': a range needs TO") }
    let upper = try bound()
    skipSpace()
    guard at < scalars.count, scalars[at] == "]" || scalars[at] == "}" else {
      throw failure("Cannot parse '\(text)': a range needs ] or }")
    }
    let includesUpper = scalars[at] == "]"
    at += 1
    let zone = options.timeZone
    return leaf(field) { name in
      var range = SearchQuery.Range(field: name)
      if lower != "*" { range.lower = .string(lower) }
      if upper != "*" { range.upper = .string(upper) }
      (range.includesLower, range.includesUpper, range.timeZone) = (includesLower, includesUpper, zone)
      return .range(range)
    }
  }

  private mutating func bound() throws(APIError) -> String {
    skipSpace()
    guard at < scalars.count else { throw failure() }
    if scalars[at] == "\"" { return try quoted("\"") }
    var value = String.UnicodeScalarView()
    while at < scalars.count, !scalars[at].properties.isWhitespace, scalars[at] != "]", scalars[at] != "}" {
      if scalars[at] == "\\", at + 1 < scalars.count { at += 1 }
      value.append(scalars[at])
      at += 1
    }
    guard !value.isEmpty else { throw failure() }
    return String(value)
  }

  /// `>10`, `<=2020-01-01`.
  private mutating func comparison(_ field: String?) throws(APIError) -> SearchQuery {
    let isLower = scalars[at] == ">"
    at += 1
    let includes = skip("=")
    let value = try bound()
    let zone = options.timeZone
    return leaf(field) { name in
      var range = SearchQuery.Range(field: name)
      if isLower {
        (range.lower, range.includesLower) = (.string(value), includes)
      } else {
        (range.upper, range.includesUpper) = (.string(value), includes)
      }
      range.timeZone = zone
      return .range(range)
    }
  }

  private mutating func boost() throws(APIError) -> Double {
    guard skip("^") else { return 1 }
    let start = at
    while at < scalars.count, scalars[at] == "." || scalars[at].value &- 0x30 < 10 { at += 1 }
    guard let boost = Double(String(String.UnicodeScalarView(scalars[start..<at]))), boost.isFinite else {
      throw failure("Cannot parse '\(text)': a boost is no number")
    }
    return boost
  }

  // MARK: - Characters

  private mutating func skipSpace() {
    while at < scalars.count, scalars[at].properties.isWhitespace { at += 1 }
  }

  private mutating func skip(_ expected: String) -> Bool {
    let wanted = Array(expected.unicodeScalars)
    guard at + wanted.count <= scalars.count, scalars[at..<at + wanted.count].elementsEqual(wanted) else { return false }
    at += wanted.count
    return true
  }

  /// An operator that is a word, which must not be the beginning of a longer one.
  private mutating func skipWord(_ word: String) -> Bool {
    let start = at
    guard skip(word) else { return false }
    guard at < scalars.count, !scalars[at].properties.isWhitespace, scalars[at] != "(" else { return true }
    at = start
    return false
  }
}
