import Meanwhile

/// Conditions and values. From loosest to tightest: `or`, `and`, `not`, comparison (which does not chain), `+ -`, `* / %`, sign,
/// and the predicates that follow a single value (`in`, `:`, `like`, `regex`).
extension Parser {
  mutating func expression() throws(APIError) -> EQLExpression {
    try nested { parser throws(APIError) in try parser.disjunction() }
  }

  private mutating func disjunction() throws(APIError) -> EQLExpression {
    var operands = [try conjunction()]
    while accept(.or) { operands.append(try conjunction()) }
    return operands.count == 1 ? operands[0] : .or(operands, span(operands))
  }

  private mutating func conjunction() throws(APIError) -> EQLExpression {
    var operands = [try negation()]
    while accept(.and) { operands.append(try negation()) }
    return operands.count == 1 ? operands[0] : .and(operands, span(operands))
  }

  private func span(_ operands: [EQLExpression]) -> Source {
    operands[0].source.through(operands[operands.count - 1].source)
  }

  /// Any number of `not`s, counted rather than nested.
  private mutating func negation() throws(APIError) -> EQLExpression {
    let start = peek.source
    var isNegated = false
    var hasNot = false
    while accept(.not) {
      hasNot = true
      isNegated.toggle()
    }
    let operand = try comparison()
    guard hasNot else { return operand }
    let source = start.through(operand.source)
    // An even number of negations still demands a condition, so it stays one.
    return isNegated ? .not(operand, source) : .not(.not(operand, source), source)
  }

  private static let comparisons: [Token.Symbol: EQLComparison] = [
    .equal: .equal, .notEqual: .notEqual, .less: .less, .lessOrEqual: .lessOrEqual, .greater: .greater, .greaterOrEqual: .greaterOrEqual,
  ]

  private mutating func comparison() throws(APIError) -> EQLExpression {
    let left = try sum()
    guard case .symbol(let symbol) = peek.kind, let comparison = Self.comparisons[symbol] else { return left }
    advance()
    let right = try sum()
    return .comparison(comparison, left, right, left.source.through(right.source))
  }

  private static let sums: [Token.Symbol: EQLArithmetic] = [.plus: .add, .minus: .subtract]
  private static let products: [Token.Symbol: EQLArithmetic] = [.star: .multiply, .slash: .divide, .percent: .modulo]

  private mutating func sum() throws(APIError) -> EQLExpression {
    var left = try product()
    var links = 0
    while case .symbol(let symbol) = peek.kind, let operation = Self.sums[symbol] {
      try countLink(&links)
      advance()
      let right = try product()
      left = .arithmetic(operation, left, right, left.source.through(right.source))
    }
    return left
  }

  private mutating func product() throws(APIError) -> EQLExpression {
    var left = try signed()
    var links = 0
    while case .symbol(let symbol) = peek.kind, let operation = Self.products[symbol] {
      try countLink(&links)
      advance()
      let right = try signed()
      left = .arithmetic(operation, left, right, left.source.through(right.source))
    }
    return left
  }

  /// A chain of arithmetic nests to the left, so its length is depth for whoever walks the tree.
  private func countLink(_ links: inout Int) throws(APIError) {
    links += 1
    guard depth + links <= Self.depthMax else {
      throw failure("the query nests deeper than [\(Self.depthMax)] levels", at: peek.source)
    }
  }

  private mutating func signed() throws(APIError) -> EQLExpression {
    let start = peek.source
    if accept(.plus) { return try nested { parser throws(APIError) in try parser.signed() } }
    guard accept(.minus) else { return try predicate() }
    let operand = try nested { parser throws(APIError) in try parser.signed() }
    let source = start.through(operand.source)
    switch operand {
    case .literal(.integer(let value), _) where value != .min: return .literal(.integer(-value), source)
    case .literal(.decimal(let value), _): return .literal(.decimal(-value), source)
    default: return .negative(operand, source)
    }
  }

  // MARK: - Predicates behind a value

  private mutating func predicate() throws(APIError) -> EQLExpression {
    let value = try primary()
    if case .keyword(.not) = peek.kind {
      let isMembership = [.keyword(.in), .keyword(.inInsensitive)].contains(peek(ahead: 1).kind)
      guard isMembership else { return value }
      advance()
      let membership = try membership(of: value)
      return .not(membership, membership.source)
    }
    switch peek.kind {
    case .keyword(.in), .keyword(.inInsensitive): return try membership(of: value)
    case .symbol(.colon): return try pattern(.colon, of: value, isInsensitive: true)
    case .keyword(.like): return try pattern(.like, of: value, isInsensitive: false)
    case .keyword(.likeInsensitive): return try pattern(.like, of: value, isInsensitive: true)
    case .keyword(.regex): return try pattern(.regex, of: value, isInsensitive: false)
    case .keyword(.regexInsensitive): return try pattern(.regex, of: value, isInsensitive: true)
    default: return value
    }
  }

  private mutating func membership(of value: EQLExpression) throws(APIError) -> EQLExpression {
    let isInsensitive = peek.kind == .keyword(.inInsensitive)
    advance()
    try expect(.openParenthesis)
    var list: [EQLExpression] = []
    repeat { list.append(try expression()) } while accept(.comma)
    try expect(.closeParenthesis)
    return .membership(value, list, isInsensitive: isInsensitive, value.source.through(previous.source))
  }

  private mutating func pattern(_ kind: EQLPatternKind, of value: EQLExpression, isInsensitive: Bool) throws(APIError) -> EQLExpression {
    advance()
    var patterns: [EQLPattern] = []
    if accept(.openParenthesis) {
      repeat { patterns.append(try patternValue()) } while accept(.comma)
      try expect(.closeParenthesis)
    } else {
      patterns.append(try patternValue())
    }
    return .pattern(kind, value, patterns, isInsensitive: isInsensitive, value.source.through(previous.source))
  }

  private mutating func patternValue() throws(APIError) -> EQLPattern {
    let start = peek.source
    let isNegative = accept(.minus)
    guard let value = try literal(isNegative: isNegative) else {
      throw mismatched(expecting: "{'false', 'null', 'true', '(', STRING, INTEGER_VALUE, DECIMAL_VALUE}")
    }
    return EQLPattern(value: value, source: start.through(previous.source))
  }

  // MARK: - Single values

  private mutating func primary() throws(APIError) -> EQLExpression {
    let start = peek.source
    if let value = try literal() { return .literal(value, start) }
    switch peek.kind {
    case .symbol(.openParenthesis):
      advance()
      let inner = try expression()
      try expect(.closeParenthesis)
      return inner
    case .tildeIdentifier(let name): return try call(name, isInsensitive: true)
    case .identifier(let name):
      if peek(ahead: 1).kind == .symbol(.openParenthesis), !isBackquoted(peek) { return try call(name, isInsensitive: false) }
      if peek(ahead: 1).kind == .keyword(.of) {
        throw failure("Process relationships are not supported", at: start)
      }
      return .field(try field())
    case .symbol(.optional): return .field(try field())
    default:
      throw mismatched(expecting: "{'false', 'not', 'null', 'true', '+', '-', '(', '?', STRING, INTEGER_VALUE, DECIMAL_VALUE, IDENTIFIER}")
    }
  }

  /// A literal, if one stands here.
  private mutating func literal(isNegative: Bool = false) throws(APIError) -> EQLLiteral? {
    let token = peek
    let value: EQLLiteral
    switch token.kind {
    case .keyword(.null) where !isNegative: value = .null
    case .keyword(.true) where !isNegative: value = .boolean(true)
    case .keyword(.false) where !isNegative: value = .boolean(false)
    case .string(let text) where !isNegative: value = .string(text)
    case .integer(let digits):
      if let whole = Int64((isNegative ? "-" : "") + digits) {
        value = .integer(whole)
      } else {
        value = .decimal(try decimal(digits, isNegative, token.source))
      }
    case .decimal(let digits): value = .decimal(try decimal(digits, isNegative, token.source))
    default: return nil
    }
    advance()
    return value
  }

  private func decimal(_ digits: String, _ isNegative: Bool, _ source: Source) throws(APIError) -> Double {
    // Swift wants a digit on both sides of the point.
    var spelling = digits.hasPrefix(".") ? "0" + digits : digits
    if let point = spelling.firstIndex(of: ".") {
      let next = spelling.index(after: point)
      if next == spelling.endIndex || !spelling[next].isNumber { spelling.insert("0", at: next) }
    }
    guard let value = Double(spelling), value.isFinite else { throw failure("Number [\(digits)] is too large", at: source) }
    return isNegative ? -value : value
  }

  private mutating func call(_ name: String, isInsensitive: Bool) throws(APIError) -> EQLExpression {
    let start = peek.source
    advance()
    try expect(.openParenthesis)
    var arguments: [EQLExpression] = []
    if !accept(.closeParenthesis) {
      repeat { arguments.append(try expression()) } while accept(.comma)
      try expect(.closeParenthesis)
    }
    let source = start.through(previous.source)
    return .function(EQLCall(name: name, isInsensitive: isInsensitive, arguments: arguments, source: source))
  }

  /// `name`, `a.b`, `` `odd name` ``, `?maybe`.
  mutating func field() throws(APIError) -> EQLField {
    let start = peek.source
    let isOptional = accept(.optional)
    var parts: [String] = []
    repeat {
      guard case .identifier(let part) = peek.kind else { throw mismatched(expecting: "{IDENTIFIER, QUOTED_IDENTIFIER}") }
      parts.append(part)
      advance()
    } while accept(.dot)
    let name = parts.joined(separator: ".")
    if peek.kind == .symbol(.openBracket), case .integer = peek(ahead: 1).kind {
      throw failure("Array indexes are not supported", at: peek(ahead: 1).source)
    }
    return EQLField(name: name, isOptional: isOptional, source: start.through(previous.source))
  }
}
