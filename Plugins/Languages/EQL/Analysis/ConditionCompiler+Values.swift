import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// Values inside of a statement, where null goes through.
extension ConditionCompiler {
  mutating func value(_ expression: EQLExpression) -> Expression {
    switch expression {
    case .literal(let literal, _): return value(literal)
    case .field(let field): return value(of: field)
    case .function(let function): return value(of: function)
    case .negative(let operand, let source): return call(OperatorName.negate, [value(operand)], source, texts: [text(of: operand)])
    case .arithmetic(let operation, let left, let right, let source):
      return call(operation.rawValue, [value(left), value(right)], source, texts: [text(of: left), text(of: right)])
    case .comparison(let operation, let left, let right, let source): return comparison(operation, left, right, source)
    case .membership(let operand, let list, let isInsensitive, let source):
      return membership(operand, list, isInsensitive: isInsensitive, source)
    case .pattern(let kind, let operand, let patterns, let isInsensitive, let source):
      return pattern(kind, operand, patterns, isInsensitive: isInsensitive, source)
    case .not, .and, .or: return condition(expression)
    }
  }

  func value(_ literal: EQLLiteral) -> Expression {
    switch literal {
    case .null: .literal(.null, .null)
    case .boolean(let value): .literal(.boolean(value), .boolean)
    case .integer(let value): .literal(.long(value), .long)
    case .decimal(let value): .literal(.double(value), .double)
    case .string(let value): .literal(.string(value), .keyword)
    }
  }

  /// The values of a field; null for an optional field that no index has.
  private mutating func value(of name: EQLField) -> Expression {
    guard let field = field(name) else { return .literal(.null, .null) }
    guard field.type != .text else {
      report(
        "[\(name.name)] cannot operate on field of data type [text]: No keyword/multi-field defined exact matches for [\(name.name)]; "
          + "define one or use MATCH/QUERY instead", at: name.source)
      return .literal(.null, .null)
    }
    return .column(attribute(of: field))
  }

  // MARK: - Comparisons

  private mutating func comparison(
    _ operation: EQLComparison, _ left: EQLExpression, _ right: EQLExpression, _ source: Source
  ) -> Expression {
    let leftValue = value(left)
    let rightValue = value(right)
    if operation == .equal || operation == .notEqual, leftValue.isNullLiteral || rightValue.isNullLiteral {
      let other = leftValue.isNullLiteral ? rightValue : leftValue
      return call(operation == .equal ? OperatorName.isNull : OperatorName.isNotNull, [other], source)
    }
    guard !leftValue.isNullLiteral, !rightValue.isNullLiteral else { return .literal(.null, .boolean) }
    if let comparison = dateComparison(
      operation, leftValue, rightValue, source, textSource: (isLeft: left.source, isRight: right.source))
    {
      return comparison
    }
    let operands = [aligned(leftValue, with: rightValue, left.source), aligned(rightValue, with: leftValue, right.source)]
    guard Self.areComparable(operands[0].type, operands[1].type) else {
      // Values of such types are never equal, and have no order.
      return .literal(.null, .boolean)
    }
    return call(operation.rawValue, operands, source, texts: [text(of: left), text(of: right)])
  }

  private static func areComparable(_ left: DataType, _ right: DataType) -> Bool {
    if left == right || left.isNumeric && right.isNumeric || left.isString && right.isString { return true }
    return left.isDate && right.isDate
  }

  /// A constant as what it is compared with: `"10.0.0.1"` as an address next to an address, `123` as text next to text.
  private mutating func aligned(_ expression: Expression, with other: Expression, _ source: Source) -> Expression {
    guard case .literal(let value, let type) = expression, value != .null, !Self.areComparable(type, other.type) else { return expression }
    if case .long(let millis) = value, other.type.isDate {
      let (nanos, overflow) = millis.multipliedReportingOverflow(by: 1_000_000)
      guard other.type == .dateNanos else { return .literal(value, .date) }
      return .literal(.long(overflow ? (millis < 0 ? .min : .max) : nanos), .dateNanos)
    }
    guard let converted = LiteralConversion.value(value, of: type, as: other.type) else {
      if type.isString, other.type != .null {
        report("[\(origin(of: source).text)] cannot be compared with values of type [\(other.type.name)]", at: source)
      }
      return expression
    }
    return .literal(converted, LiteralConversion.type(of: converted, for: other.type))
  }

  // MARK: - Lists and patterns

  private mutating func membership(
    _ operand: EQLExpression, _ list: [EQLExpression], isInsensitive: Bool, _ source: Source
  ) -> Expression {
    let operandValue = value(operand)
    var tests: [Expression] = []
    for (index, element) in list.enumerated() {
      let elementValue = value(element)
      if elementValue.isNullLiteral || operandValue.isNullLiteral { continue }
      guard Self.areComparable(operandValue.type, elementValue.type) || Self.isSpelled(elementValue.type, for: operandValue.type) else {
        report(
          "\(index + 1)\(Self.ordinalSuffix(index + 1)) argument of [\(origin(of: source).text)] must be [\(operandValue.type.name)], "
            + "found value [\(text(of: element))] type [\(elementValue.type.name)]", at: source)
        continue
      }
      let isDate = operandValue.type.isDate && elementValue.type.isString
      let candidate = isInsensitive || isDate ? elementValue : aligned(elementValue, with: operandValue, element.source)
      if let test = dateComparison(
        .equal, operandValue, candidate, source, textSource: (isLeft: operand.source, isRight: element.source))
      {
        tests.append(test)
        continue
      }
      let name = isInsensitive ? EQLFunctions.prefix + "equals~" : "=="
      tests.append(call(name, [operandValue, candidate], source, texts: [text(of: operand), text(of: element)]))
    }
    return anyOf(tests, source)
  }

  /// Whether values of a type are written as text in a list.
  private static func isSpelled(_ literal: DataType, for type: DataType) -> Bool {
    literal.isString && (type.isDate || type == .ip || type == .version)
  }

  private static func ordinalSuffix(_ number: Int) -> String {
    switch (number % 10, number % 100) {
    case (1, let rest) where rest != 11: "st"
    case (2, let rest) where rest != 12: "nd"
    case (3, let rest) where rest != 13: "rd"
    default: "th"
    }
  }

  private mutating func anyOf(_ tests: [Expression], _ source: Source) -> Expression {
    guard var result = tests.first else { return .literal(.null, .boolean) }
    for test in tests.dropFirst() { result = call(OperatorName.or, [result, test], source) }
    return result
  }

  private mutating func pattern(
    _ kind: EQLPatternKind, _ operand: EQLExpression, _ patterns: [EQLPattern], isInsensitive: Bool, _ source: Source
  ) -> Expression {
    let operandValue = value(operand)
    guard !operandValue.isNullLiteral else { return .literal(.null, .boolean) }
    guard operandValue.type.isString else {
      report(
        "first argument of [\(origin(of: source).text)] must be [string], "
          + "found value [\(text(of: operand))] type [\(operandValue.type.name)]", at: operand.source)
      return .literal(.null, .boolean)
    }
    var texts: [String] = []
    for pattern in patterns {
      guard case .string(let text) = pattern.value else {
        report(
          "second argument of [\(origin(of: source).text)] must be [string], "
            + "found value [\(origin(of: pattern.source).text)] type [\(value(pattern.value).type.name)]", at: pattern.source)
        return .literal(.null, .boolean)
      }
      texts.append(text)
    }
    let constants = texts.map { Expression.literal(.string($0), .keyword) }
    return call(PatternFunction.name(kind, isInsensitive: isInsensitive), [operandValue] + constants, source)
  }

  // MARK: - Functions

  private mutating func value(of function: EQLCall) -> Expression {
    let spelled = function.name + (function.isInsensitive ? "~" : "")
    guard let callable = EQLFunctions.callable[function.name.lowercased()], callable.hasInsensitive || !function.isInsensitive else {
      let suggestion = Suggestions.text(for: function.name, among: EQLFunctions.callable.keys)
      report("Unknown function [\(spelled)]" + suggestion, at: function.source)
      return .literal(.null, .null)
    }
    guard callable.argumentCount.contains(function.arguments.count) else {
      report("error building [\(callable.name)]: " + Self.expectation(of: callable.argumentCount), at: function.source)
      return .literal(.null, .null)
    }
    var arguments = function.arguments.map { value($0) }
    let texts = function.arguments.map { text(of: $0) }
    // A null argument makes a null result, whatever the others are; an optional last one may be left out as null.
    if let last = arguments.last, last.isNullLiteral, arguments.count == callable.argumentCount.upperBound,
      callable.argumentCount.lowerBound < callable.argumentCount.upperBound
    {
      arguments.removeLast()
    }
    guard !arguments.contains(where: \.isNullLiteral) else { return .literal(.null, .null) }
    if callable.stringified == .all {
      arguments = arguments.enumerated().map { index, argument in
        argument.type.isString ? argument : call(StringFunction.name, [argument], function.source, texts: [texts[index]])
      }
    }
    let name = callable.registered + (function.isInsensitive ? "~" : "")
    return call(name, arguments, function.source, texts: texts)
  }

  private static func expectation(of counts: ClosedRange<Int>) -> String {
    let words = ["no", "one", "two", "three", "four", "five"]
    func word(_ count: Int) -> String { count < words.count ? words[count] : String(count) }
    let plural = counts.upperBound == 1 ? "argument" : "arguments"
    if counts.lowerBound == counts.upperBound { return "expects exactly \(word(counts.lowerBound)) \(plural)" }
    if counts.upperBound == .max {
      return "expects at least \(word(counts.lowerBound)) \(counts.lowerBound == 1 ? "argument" : "arguments")"
    }
    return "expects \(word(counts.lowerBound)) or \(word(counts.upperBound)) arguments"
  }
}

extension Expression {
  var isNullLiteral: Bool { constant == .null }
}
