import Meanwhile

// Expressions, by precedence climbing. Loosest first: OR, AND, NOT, predicates (comparison, IN, LIKE, IS NULL, match), + and -, * / and %,
// signs, casts.

extension Parser {
  /// What may begin an expression, as an error lists it.
  static let expressionStart = [
    "QUOTED_STRING", "INTEGER_LITERAL", "DECIMAL_LITERAL", "'false'", "'first'", "'last'", "'('", "'not'", "'null'", "'?'", "'true'",
    "'+'", "'-'", "'??'", "NAMED_OR_POSITIONAL_PARAM", "NAMED_OR_POSITIONAL_DOUBLE_PARAMS", "'['", "UNQUOTED_IDENTIFIER",
    "QUOTED_IDENTIFIER",
  ]

  /// How tightly something binds.
  enum Binding: Int, Comparable {
    case or, and, not, predicate, sum, product, sign, cast

    static func < (left: Binding, right: Binding) -> Bool { left.rawValue < right.rawValue }
  }

  private static let bindings: [Token.Kind: Binding] = [
    .or: .or, .and: .and, .not: .predicate, .in: .predicate, .like: .predicate, .rlike: .predicate, .is: .predicate, .colon: .predicate,
    .equals: .predicate, .caseInsensitiveEquals: .predicate, .notEquals: .predicate, .less: .predicate, .lessOrEqual: .predicate,
    .greater: .predicate, .greaterOrEqual: .predicate, .plus: .sum, .minus: .sum, .star: .product, .slash: .product, .percent: .product,
    .cast: .cast,
  ]

  private static let comparisons: [Token.Kind: ExpressionSyntax.ComparisonOperator] = [
    .equals: .equals, .caseInsensitiveEquals: .equalsIgnoringCase, .notEquals: .notEquals, .less: .less, .lessOrEqual: .lessOrEqual,
    .greater: .greater, .greaterOrEqual: .greaterOrEqual,
  ]

  private static let arithmetic: [Token.Kind: ExpressionSyntax.ArithmeticOperator] = [
    .plus: .add, .minus: .subtract, .star: .multiply, .slash: .divide, .percent: .remainder,
  ]

  /// A whole expression.
  mutating func expression() throws(APIError) -> ExpressionSyntax { try expression(.or) }

  /// Reads operators that bind at least as tightly as `minimum`, by precedence climbing: one frame of the stack a level of nesting.
  private mutating func expression(_ minimum: Binding) throws(APIError) -> ExpressionSyntax {
    let start = current.range
    // What NOT and predicates give is no operand of anything that binds as tightly: `a == b == c` is an error.
    var tightest = Binding.cast
    var left: ExpressionSyntax
    if current.kind == .not, minimum <= .not {
      left = try prefixed(.not, from: start)
      tightest = .and
    } else {
      left = try operand()
    }
    while let binding = Self.bindings[current.kind], binding >= minimum, binding <= tightest {
      switch binding {
      case .predicate:
        left = try predicate(left, from: start)
        tightest = .and
      case .cast:
        try advance()
        let place = current.range
        let type = NameSyntax(text: try identifier(), range: place)
        left = try node(.cast(left, type: type), from: start, over: [left])
      default:
        left = try binary(left, binding, from: start)
      }
    }
    return left
  }

  private mutating func binary(_ left: ExpressionSyntax, _ binding: Binding, from start: SourceRange) throws(APIError) -> ExpressionSyntax {
    let kind = current.kind
    try advance()
    let right = try expression(Binding(rawValue: binding.rawValue + 1) ?? .cast)
    let made: ExpressionSyntax.Kind
    if let symbol = Self.arithmetic[kind] {
      made = .arithmetic(symbol, left, right)
    } else {
      made = kind == .and ? .and(left, right) : .or(left, right)
    }
    return try node(made, from: start, over: [left, right])
  }

  /// NOT or a sign, and what it applies to.
  private mutating func prefixed(_ binding: Binding, from start: SourceRange) throws(APIError) -> ExpressionSyntax {
    let kind = current.kind
    try advance()
    try enter(at: start)
    defer { nesting -= 1 }
    let operand = try expression(binding)
    switch kind {
    case .not: return try node(.not(operand), from: start, over: [operand])
    case .minus: return try node(.negate(operand), from: start, over: [operand])
    default: return operand
    }
  }

  // MARK: - Predicates

  private mutating func predicate(_ left: ExpressionSyntax, from start: SourceRange) throws(APIError) -> ExpressionSyntax {
    if let comparison = Self.comparisons[current.kind] {
      try advance()
      let right = try expression(.sum)
      return try node(.comparison(comparison, left, right), from: start, over: [left, right])
    }
    switch current.kind {
    case .is:
      try advance()
      let negated = try accept(.not)
      guard current.kind == .null else { throw mismatched(negated ? ["'null'"] : ["'not'", "'null'"]) }
      try advance()
      return try node(.isNull(left, negated: negated), from: start, over: [left])
    case .colon: return try match(left, from: start)
    case .not:
      try advance()
      guard current.kind == .in || current.kind == .like || current.kind == .rlike else { throw mismatched(["'in'", "'like'", "'rlike'"]) }
      return try membership(of: left, negated: true, from: start)
    default: return try membership(of: left, negated: false, from: start)
    }
  }

  private mutating func membership(of left: ExpressionSyntax, negated: Bool, from start: SourceRange) throws(APIError) -> ExpressionSyntax {
    let kind = current.kind
    try advance()
    guard kind == .in else { return try like(left, kind == .like ? .like : .rlike, negated: negated, from: start) }
    guard current.kind == .openParenthesis else { throw mismatched(["'('"]) }
    try advance()
    var list = [try expression(.sum)]
    while try accept(.comma) { list.append(try expression(.sum)) }
    guard current.kind == .closeParenthesis else { throw mismatched(["','", "')'"]) }
    try advance()
    return try node(.isIn(left, list, negated: negated), from: start, over: [left] + list)
  }

  private mutating func like(
    _ left: ExpressionSyntax, _ language: ExpressionSyntax.PatternLanguage, negated: Bool, from start: SourceRange
  ) throws(APIError) -> ExpressionSyntax {
    let isList = try accept(.openParenthesis)
    var patterns = [try likePattern()]
    if isList {
      while try accept(.comma) { patterns.append(try likePattern()) }
      guard current.kind == .closeParenthesis else { throw mismatched(["','", "')'"]) }
      try advance()
    }
    return try node(.like(left, language, patterns, isList: isList, negated: negated), from: start, over: [left])
  }

  /// A pattern: a text, or an expression that analysis must find constant.
  private mutating func likePattern() throws(APIError) -> ExpressionSyntax {
    switch current.kind {
    case .identifier, .quotedIdentifier, .first, .last: return try expression(.sum)
    case .string, .parameter, .namedParameter: break
    default: throw mismatched(["QUOTED_STRING", "'?'", "NAMED_OR_POSITIONAL_PARAM", "'('"])
    }
    let (literal, range) = try constant()
    if case .string = literal { return ExpressionSyntax(.literal(literal), range, depth: 1) }
    parameters.problem("Invalid pattern parameter type for like/rlike [\(source.text(of: range))]: string is expected", at: range)
    return ExpressionSyntax(.literal(.string("")), range, depth: 1)
  }

  /// `field : query`, behind the field.
  private mutating func match(_ left: ExpressionSyntax, from start: SourceRange) throws(APIError) -> ExpressionSyntax {
    let field: NameSyntax
    var type: NameSyntax?
    switch left.kind {
    case .column(let name): field = name
    case .cast(let operand, let cast):
      guard case .column(let name) = operand.kind else { throw mismatched(["<EOF>", "'|'", "'and'", "'or'"]) }
      (field, type) = (name, cast)
    default: throw mismatched(["<EOF>", "'|'", "'and'", "'or'"])
    }
    try advance()
    let (literal, range) = try constant()
    let query = ExpressionSyntax(.literal(literal), range, depth: 1)
    return try node(.match(field, cast: type, query: query), from: start, over: [left])
  }

  // MARK: - Operands

  private mutating func operand() throws(APIError) -> ExpressionSyntax {
    let start = current.range
    switch current.kind {
    case .openParenthesis: return try parenthesized(from: start)
    case .plus, .minus:
      // A sign belongs to the number right behind it; before anything else it negates.
      let next = try following().kind
      return next == .integer || next == .decimal ? try constantExpression() : try prefixed(.sign, from: start)
    case .first, .last:
      guard try following().kind == .openParenthesis else { throw mismatched(Self.expressionStart) }
      let name = NameSyntax(text: text(of: current), range: start)
      try advance()
      return try call(name)
    case .identifier, .quotedIdentifier, .doubleParameter, .namedDoubleParameter: return try nameOrCall()
    case .parameter, .namedParameter:
      // Looked at through a copy, so that an anonymous one is not used up twice.
      var ahead = self
      let isName = ahead.binding(of: current).map { $0.kind != .value } ?? false
      let isCall = try following().kind == .openParenthesis
      return isName || isCall ? try nameOrCall() : try constantExpression()
    default: return try constantExpression()
    }
  }

  private mutating func parenthesized(from start: SourceRange) throws(APIError) -> ExpressionSyntax {
    try advance()
    try enter(at: start)
    defer { nesting -= 1 }
    let inner = try expression(.or)
    guard current.kind == .closeParenthesis else { throw mismatched(["')'", "'and'", "'or'"]) }
    try advance()
    return inner
  }

  private mutating func constantExpression() throws(APIError) -> ExpressionSyntax {
    guard Self.constantTokens.contains(current.kind) else { throw mismatched(Self.expressionStart) }
    let start = current.range
    let (literal, range) = try constant()
    // `1 day`: an identifier right behind a whole number is its unit.
    guard current.kind == .identifier, source.bytes[previous.end - 1] != UInt8(ascii: "]") else {
      return ExpressionSyntax(.literal(literal), range, depth: 1)
    }
    let amount: Int64
    switch literal {
    case .integer(let value): amount = Int64(value)
    case .long(let value): amount = value
    default: return ExpressionSyntax(.literal(literal), range, depth: 1)
    }
    let unit = text(of: current).lowercased()
    guard TimeUnits.isUnit(unit) else {
      throw error("Unexpected temporal unit: '\(text(of: current))'")
    }
    try advance()
    return ExpressionSyntax(.timeSpan(amount, unit: unit), start.through(previous), depth: 1)
  }

  private static let constantTokens: Set<Token.Kind> = [
    .null, .true, .false, .string, .integer, .decimal, .plus, .minus, .openBracket, .parameter, .namedParameter,
  ]

  private mutating func nameOrCall() throws(APIError) -> ExpressionSyntax {
    if try following().kind == .openParenthesis {
      let start = current.range
      return try call(NameSyntax(text: try identifier(), range: start))
    }
    let name = try name()
    return ExpressionSyntax(.column(name), name.range, depth: 1)
  }

  /// A call, behind its name.
  private mutating func call(_ name: NameSyntax) throws(APIError) -> ExpressionSyntax {
    try expect(.openParenthesis)
    try enter(at: name.range)
    defer { nesting -= 1 }
    var call = CallSyntax(name: name, arguments: [])
    if current.kind == .star {
      call.arguments = [ExpressionSyntax(.star, current.range, depth: 1)]
      try advance()
    } else if current.kind != .closeParenthesis {
      repeat {
        if current.kind == .openBrace {
          call.options = try options()
          break
        }
        call.arguments.append(try expression())
      } while try accept(.comma)
    }
    guard current.kind == .closeParenthesis else { throw mismatched(["','", "')'"]) }
    try advance()
    return try node(.call(call), from: name.range, over: call.arguments)
  }

  // MARK: - Limits

  private mutating func enter(at range: SourceRange) throws(APIError) {
    nesting += 1
    if nesting > Self.expressionDepthMax { throw tooDeep(range) }
  }

  func tooDeep(_ range: SourceRange) -> APIError {
    let text = source.text(range.start, min(range.start + 40, max(range.end, current.range.end)))
    return error("ES|QL statement exceeded the maximum expression depth allowed (\(Self.expressionDepthMax)): [\(text)]", at: range)
  }

  private func node(_ kind: ExpressionSyntax.Kind, from start: SourceRange, over operands: [ExpressionSyntax]) throws(APIError)
    -> ExpressionSyntax
  {
    var deepest = 0
    for operand in operands { deepest = max(deepest, operand.depth) }
    let range = start.through(previous)
    guard deepest < Self.expressionDepthMax else { throw tooDeep(range) }
    return ExpressionSyntax(kind, range, depth: deepest + 1)
  }
}
