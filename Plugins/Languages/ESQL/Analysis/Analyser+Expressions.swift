import Meanwhile
import MeanwhileData
import MeanwhileEngine

// Expressions: names become columns, operators and calls become functions of the registry, constants are folded.

extension Analyser {
  /// The typed expression; nil where it is wrong, which has been noted.
  mutating func expression(_ syntax: ExpressionSyntax) -> Expression? {
    if let group = aggregation?.group(spelled: syntax), aggregation?.isInsideAggregate == false { return .column(group) }
    switch syntax.kind {
    case .literal(let literal): return Self.literal(literal)
    case .timeSpan(let amount, let unit): return timeSpan(amount, unit, at: syntax.range)
    case .column(let name): return columnExpression(name)
    case .star:
      problem("[*] is an argument of COUNT only", at: syntax.range)
      return nil
    case .call(let call): return self.call(call, at: syntax.range)
    case .negate(let operand): return apply(OperatorName.negate, [operand], at: syntax.range)
    case .arithmetic(let symbol, let left, let right): return apply(symbol.rawValue, [left, right], at: syntax.range)
    case .comparison(let symbol, let left, let right): return apply(symbol.rawValue, [left, right], at: syntax.range)
    case .not(let operand):
      let scored = scoresMatches
      scoresMatches = false
      defer { scoresMatches = scored }
      return apply(OperatorName.not, [operand], at: syntax.range)
    case .and(let left, let right): return apply(OperatorName.and, [left, right], at: syntax.range)
    case .or(let left, let right): return apply(OperatorName.or, [left, right], at: syntax.range)
    case .isNull(let operand, let negated):
      return apply(negated ? OperatorName.isNotNull : OperatorName.isNull, [operand], at: syntax.range)
    case .isIn(let operand, let list, let negated):
      return negate(apply(OperatorName.isIn, [operand] + list, at: syntax.range), if: negated, at: syntax.range)
    case .like(let operand, let language, let patterns, _, let negated):
      return negate(like(operand, language, patterns, at: syntax.range), if: negated, at: syntax.range)
    case .cast(let operand, let type): return cast(operand, to: type, at: syntax.range)
    case .match(let name, let cast, let query): return searchOperator(name, cast: cast, query, at: syntax.range)
    }
  }

  // MARK: - Leaves

  static func literal(_ literal: LiteralSyntax) -> Expression {
    switch literal {
    case .null: .literal(.null, .null)
    case .boolean(let value): .literal(.boolean(value), .boolean)
    case .integer(let value): .literal(.long(Int64(value)), .integer)
    case .long(let value): .literal(.long(value), .long)
    // Kept with the sign bit flipped, so that signed comparison orders it.
    case .unsignedLong(let value): .literal(.long(Int64(bitPattern: value ^ 1 << 63)), .unsignedLong)
    case .double(let value): .literal(.double(value), .double)
    case .string(let value): .literal(.string(value), .keyword)
    case .list(let values): several(values.map(Self.literal))
    }
  }

  private static func several(_ elements: [Expression]) -> Expression {
    guard let type = elements.first?.type else { return .literal(.null, .null) }
    let values = elements.compactMap(\.constant)
    return .literal(values.count == 1 ? values[0] : .several(values), type)
  }

  private mutating func timeSpan(_ amount: Int64, _ unit: String, at range: SourceRange) -> Expression? {
    guard let span = TimeSpan(amount: amount, unit: unit) else {
      problem("Time span [\(source.text(of: range))] is too large", at: range)
      return nil
    }
    return span.expression
  }

  private mutating func columnExpression(_ name: NameSyntax) -> Expression? {
    if let aggregation, !aggregation.isInsideAggregate {
      if let group = aggregation.groups[name.text] { return .column(group) }
      guard column(name) != nil else { return nil }
      problem("column [\(name)] must appear in the STATS BY clause or be used in an aggregate function", at: name.range)
      return nil
    }
    guard let attribute = column(name) else { return nil }
    guard attribute.type != .unsupported else {
      problem(environment.unsupportedMessage(attribute), at: name.range)
      return nil
    }
    return .column(attribute)
  }

  // MARK: - Functions

  private mutating func call(_ call: CallSyntax, at range: SourceRange) -> Expression? {
    let name = call.name.text.lowercased()
    if let function = SearchFunction(rawValue: name) { return search(function, call, at: range) }
    if name == "score" { return score(call, at: range) }
    if name == Self.categorize {
      problem("CATEGORIZE grouping function [\(source.text(of: range))] can only be used in the BY of a STATS", at: range)
      return nil
    }
    if let answer = FunctionNames.refusal(of: name) {
      problem(answer, at: range)
      return nil
    }
    let isScalar = environment.functions.scalar(name) != nil
    if environment.functions.aggregate(name) != nil, aggregation != nil || !isScalar { return aggregate(call, at: range) }
    guard isScalar, !FunctionNames.isReserved(name) else {
      let suggestion = Suggestions.text(for: name, among: environment.functions.spellings.filter { !FunctionNames.isReserved($0) })
      problem("Unknown function [\(call.name)]" + suggestion, at: range)
      // Around aggregates it is not known which rows the arguments are of.
      if aggregation == nil { for argument in call.arguments where argument.kind != .star { _ = expression(argument) } }
      return nil
    }
    var arguments = call.arguments
    if !call.options.isEmpty { return apply(name, arguments, options: call.options, at: range) }
    if arguments.count == 1, arguments[0].kind == .star {
      problem("[*] is an argument of COUNT only", at: arguments[0].range)
      arguments = []
    }
    if FunctionNames.timestamped.contains(name) {
      // The range is the call's: messages about `@timestamp` point there.
      arguments.insert(ExpressionSyntax(.column(NameSyntax(text: "@timestamp", range: range)), range, depth: 1), at: 0)
    }
    return apply(name, arguments, at: range)
  }

  /// Applies a function of the registry to arguments that are to be resolved.
  mutating func apply(_ function: String, _ arguments: [ExpressionSyntax], at range: SourceRange) -> Expression? {
    if let converted = unionConversion(function, arguments, at: range) { return converted }
    var resolved: [Expression] = []
    for argument in arguments {
      // The others are looked at even so: a query's problems are told all at once.
      if let expression = expression(argument) { resolved.append(expression) }
    }
    guard resolved.count == arguments.count else { return nil }
    return apply(function, resolved, texts: arguments.map { source.text(of: $0.range) }, at: range)
  }

  /// An explicit conversion of a column that has different types in different places; nil for anything else.
  private mutating func unionConversion(_ function: String, _ arguments: [ExpressionSyntax], at range: SourceRange) -> Expression? {
    guard arguments.count == 1, case .column(let name) = arguments[0].kind, case .found(let attribute) = lookUp(name.text),
      let variants = unionVariants[attribute], environment.functions.scalar(function)?.documentation.category == .conversion
    else { return nil }
    let text = source.text(of: arguments[0].range)
    var converted: [Expression] = []
    for variant in variants {
      guard let one = apply(function, [.column(variant)], texts: [text], at: range) else { return nil }
      converted.append(one)
    }
    return try? environment.functions.call("coalesce", converted, origin: origin(range))
  }

  /// Applies a function of the registry, casting string literals to what it takes.
  mutating func apply(_ function: String, _ arguments: [Expression], texts: [String], at range: SourceRange) -> Expression? {
    var arguments = arguments
    if FunctionNames.comparing.contains(function) {
      guard castLiterals(&arguments, texts: texts, at: range) else { return nil }
    }
    do {
      return fold(try environment.functions.call(function, arguments, texts: texts, origin: origin(range)))
    } catch {
      if let made = callCastingLiterals(function, arguments, texts: texts, at: range) { return fold(made) }
      if let made = callWithConstants(function, arguments, texts: texts, at: range) { return fold(made) }
      problem(error.message, at: range)
      return nil
    }
  }

  /// Tries a call again with the constants that columns behind its first argument stand for.
  private func callWithConstants(_ function: String, _ arguments: [Expression], texts: [String], at range: SourceRange) -> Expression? {
    guard !constants.isEmpty else { return nil }
    let replaced = arguments.map { fold($0.replacing(constants), warnings: Warnings()) }
    // The first argument is a constant only where no other way is left.
    for kept in [Array(arguments.prefix(1) + replaced.dropFirst()), replaced] {
      if let made = try? environment.functions.call(function, kept, texts: texts, origin: origin(range)) { return made }
    }
    return nil
  }

  private mutating func negate(_ operand: Expression?, if negated: Bool, at range: SourceRange) -> Expression? {
    guard negated, let operand else { return operand }
    return apply(OperatorName.not, [operand], texts: [source.text(of: range)], at: range)
  }

  /// A list of patterns is any of them.
  private mutating func like(
    _ operand: ExpressionSyntax, _ language: ExpressionSyntax.PatternLanguage, _ patterns: [ExpressionSyntax], at range: SourceRange
  ) -> Expression? {
    guard let value = expression(operand) else { return nil }
    let function = language == .like ? OperatorName.like : OperatorName.rlike
    var any: Expression?
    for syntax in patterns {
      let texts = [source.text(of: operand.range), source.text(of: syntax.range)]
      guard let pattern = expression(syntax)?.replacing(constants) else { return nil }
      // What matches every text asks for a value only: under NOT it gives the rows that have none.
      let matchesAll = pattern.constant == .string(language == .like ? "*" : ".*")
      let one =
        matchesAll
        ? apply(OperatorName.isNotNull, [value], texts: texts, at: range) : apply(function, [value, pattern], texts: texts, at: range)
      guard let one else { return nil }
      guard let before = any else {
        any = one
        continue
      }
      any = apply(OperatorName.or, [before, one], texts: ["", ""], at: range)
    }
    return any
  }

  private mutating func cast(_ operand: ExpressionSyntax, to type: NameSyntax, at range: SourceRange) -> Expression? {
    guard let function = FunctionNames.conversion(to: type.text.lowercased()) else {
      problem("Unknown data type named [\(type)]", at: type.range)
      return nil
    }
    return apply(function, [operand], at: range)
  }

  // MARK: - Constants

  /// A call whose arguments are all constants becomes its value.
  func fold(_ expression: Expression) -> Expression {
    fold(expression, warnings: environment.warnings)
  }

  func fold(_ expression: Expression, warnings: Warnings) -> Expression {
    guard case .call(var call) = expression else { return expression }
    call.arguments = call.arguments.map { fold($0, warnings: warnings) }
    let expression = Expression.call(call)
    guard call.function.isDeterministic, call.arguments.allSatisfy({ $0.constant != nil }),
      let compiled = try? CompiledExpression(expression, layout: [])
    else { return expression }
    let frame = EvaluationFrame(
      rowCount: 1, page: Page(rowCount: 1, columns: []), warnings: warnings, settings: environment.settings, origin: call.origin)
    guard let column = try? compiled.evaluate(frame), column.rowCount > 0 else { return expression }
    return .literal(column.value(atRow: 0), expression.type)
  }
}

extension AnalysisEnvironment {
  /// Why an unsupported column cannot be computed with.
  func unsupportedMessage(_ attribute: Attribute) -> String {
    let conflicts = sources.conflicts(of: attribute.name)
    guard !conflicts.isEmpty else {
      return "Cannot use field [\(attribute.name)] with unsupported type [\(attribute.originalTypes.joined(separator: ","))]"
    }
    let list = conflicts.map { "[\($0.type)] in [\($0.indices.joined(separator: ", "))]" }.joined(separator: ", ")
    return "Cannot use field [\(attribute.name)] due to ambiguities being mapped as [\(conflicts.count)] incompatible types: \(list)"
  }
}
