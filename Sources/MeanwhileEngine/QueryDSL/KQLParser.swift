import Meanwhile

/// Reads Kibana's query language: `status: error and not (host: web-* or bytes > 1000)`.
///
/// Words side by side are one value. Values that are not quoted may hold `*`. `and` binds tighter than `or`, and words are told apart from operators in any case.
public struct KQLParser: Sendable {
  private enum Token: Equatable {
    /// - Parameter hasWildcard: whether a `*` that was not escaped stands in it.
    case text(String, hasWildcard: Bool)
    case quoted(String)
    case word(Word)
    case mark(Unicode.Scalar)
    /// `<`, `<=`, `>`, `>=`.
    case comparison(String)
  }

  private enum Word: String {
    case and, or, not
  }

  /// What a caller may ask besides (the options of ES|QL's `KQL`).
  public struct Options: Sendable {
    /// Whether keywords and patterns match in any case of letters.
    public var isCaseInsensitive = false
    /// The field of values that name none; patterns are allowed.
    public var defaultField = "*"
    /// Of dates in ranges that name none.
    public var timeZone: String?

    public init() {}
  }

  private let text: String
  private let options: Options
  private var tokens: [Token]
  private var at = 0

  /// Reads a query.
  ///
  /// - Throws: `illegal_argument_exception` (400), `line 1:5: …`.
  public static func parse(_ text: String, _ options: Options = Options()) throws(APIError) -> SearchQuery {
    var parser = KQLParser(text, options)
    if parser.tokens.isEmpty { return .matchAll(boost: 1) }
    let query = try parser.alternatives(depth: 0)
    guard parser.at == parser.tokens.count else { throw parser.failure() }
    return query
  }

  private init(_ text: String, _ options: Options) {
    self.text = text
    self.options = options
    tokens = Self.tokens(of: Array(text.unicodeScalars))
  }

  private func failure() -> APIError { .illegalArgument("Failed to parse KQL query [\(text)]: unexpected input at token \(at + 1)") }

  // MARK: - Tokens

  private static func tokens(of scalars: [Unicode.Scalar]) -> [Token] {
    var tokens: [Token] = []
    var at = 0
    while at < scalars.count {
      let scalar = scalars[at]
      switch scalar {
      case _ where scalar.properties.isWhitespace: at += 1
      case "(", ")", ":", "{", "}":
        tokens.append(.mark(scalar))
        at += 1
      case "<", ">":
        let isInclusive = at + 1 < scalars.count && scalars[at + 1] == "="
        tokens.append(.comparison(String(scalar) + (isInclusive ? "=" : "")))
        at += isInclusive ? 2 : 1
      case "\"": tokens.append(.quoted(quoted(scalars, &at)))
      default: tokens.append(plain(scalars, &at))
      }
    }
    return tokens
  }

  private static func quoted(_ scalars: [Unicode.Scalar], _ at: inout Int) -> String {
    var value = String.UnicodeScalarView()
    at += 1
    while at < scalars.count, scalars[at] != "\"" {
      if scalars[at] == "\\", at + 1 < scalars.count { at += 1 }
      value.append(scalars[at])
      at += 1
    }
    at += 1
    return String(value)
  }

  private static func plain(_ scalars: [Unicode.Scalar], _ at: inout Int) -> Token {
    var value = String.UnicodeScalarView()
    var hasWildcard = false
    var isEscaped = false
    while at < scalars.count {
      let scalar = scalars[at]
      if scalar == "\\", at + 1 < scalars.count {
        isEscaped = true
        value.append(scalars[at + 1])
        at += 2
        continue
      }
      if scalar.properties.isWhitespace || "():{}<>\"".unicodeScalars.contains(scalar) { break }
      if scalar == "*" { hasWildcard = true }
      value.append(scalar)
      at += 1
    }
    let text = String(value)
    if !isEscaped, let word = Word(rawValue: text.lowercased()) { return .word(word) }
    return .text(text, hasWildcard: hasWildcard)
  }

  private var current: Token? { at < tokens.count ? tokens[at] : nil }

  private mutating func accept(_ token: Token) -> Bool {
    guard current == token else { return false }
    at += 1
    return true
  }

  // MARK: - Structure

  private mutating func alternatives(field: String? = nil, depth: Int) throws(APIError) -> SearchQuery {
    guard depth < SearchQueryParser.depthMax else { throw .illegalArgument("Failed to parse KQL query: groups nest too deep") }
    var choices = [try conjunction(field: field, depth: depth)]
    while accept(.word(.or)) { choices.append(try conjunction(field: field, depth: depth)) }
    return choices.count == 1 ? choices[0] : .bool(SearchQuery.Bool(should: choices))
  }

  private mutating func conjunction(field: String?, depth: Int) throws(APIError) -> SearchQuery {
    var parts = [try negation(field: field, depth: depth)]
    while accept(.word(.and)) { parts.append(try negation(field: field, depth: depth)) }
    return parts.count == 1 ? parts[0] : .bool(SearchQuery.Bool(must: parts))
  }

  private mutating func negation(field: String?, depth: Int) throws(APIError) -> SearchQuery {
    guard accept(.word(.not)) else { return try clause(field: field, depth: depth) }
    return .bool(SearchQuery.Bool(mustNot: [try negation(field: field, depth: depth + 1)]))
  }

  private mutating func clause(field: String?, depth: Int) throws(APIError) -> SearchQuery {
    if accept(.mark("(")) {
      let inner = try alternatives(field: field, depth: depth + 1)
      guard accept(.mark(")")) else { throw failure() }
      return inner
    }
    if field != nil { return try value(of: field) }
    let name: String
    switch current {
    case .text(let text, _): name = text
    case .quoted(let text): name = text
    default: throw failure()
    }
    switch at + 1 < tokens.count ? tokens[at + 1] : nil {
    case .mark(":"):
      at += 2
      guard accept(.mark("(")) else { return try value(of: name) }
      let inner = try alternatives(field: name, depth: depth + 1)
      guard accept(.mark(")")) else { throw failure() }
      return inner
    case .comparison(let sign):
      at += 2
      return try range(name, sign)
    default: return try value(of: nil)
    }
  }

  // MARK: - Leaves

  /// Words up to the next operator, for a field or for all.
  private mutating func value(of field: String?) throws(APIError) -> SearchQuery {
    if case .quoted(let phrase)? = current {
      at += 1
      return leaf(.phrase, field, phrase)
    }
    var words: [String] = []
    var hasWildcard = false
    while case .text(let text, let isPattern)? = current {
      // A word before a colon is the next field's name.
      if !words.isEmpty, at + 1 < tokens.count, tokens[at + 1] == .mark(":") { throw failure() }
      words.append(text)
      hasWildcard = hasWildcard || isPattern
      at += 1
    }
    guard !words.isEmpty else { throw failure() }
    let text = words.joined(separator: " ")
    guard hasWildcard else { return leaf(.terms, field, text) }
    if text == "*" {
      guard let field, field != "*" else { return .matchAll(boost: 1) }
      return .exists(field: field, boost: 1)
    }
    var pattern = SearchQuery.FieldText(field: field ?? options.defaultField, value: .string(text))
    pattern.isCaseInsensitive = options.isCaseInsensitive
    pattern.followsAnalyzer = true
    return .wildcard(pattern)
  }

  private func leaf(_ kind: SearchQuery.Match.Kind, _ field: String?, _ text: String) -> SearchQuery {
    var match = SearchQuery.Match(kind: kind, field: field ?? options.defaultField, value: .string(text))
    match.isLenient = true
    match.isCaseInsensitive = options.isCaseInsensitive
    return .match(match)
  }

  private mutating func range(_ field: String, _ sign: String) throws(APIError) -> SearchQuery {
    let bound: String
    switch current {
    case .text(let text, _): bound = text
    case .quoted(let text): bound = text
    default: throw failure()
    }
    at += 1
    var range = SearchQuery.Range(field: field)
    range.timeZone = options.timeZone
    if sign.hasPrefix("<") {
      range.upper = .string(bound)
      range.includesUpper = sign.hasSuffix("=")
    } else {
      range.lower = .string(bound)
      range.includesLower = sign.hasSuffix("=")
    }
    return .range(range)
  }
}
