import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// Turns conditions into the engine's expressions: resolves names, checks types, and brings in EQL's rules for null and for several values.
///
/// In a condition, `and`, `or` and `not` join statements that are true or false. What stands between them is such a statement: it holds if it is true for some
/// choice of values from its fields, and null is false (see ``AnyValueFunction``). Inside of a statement null goes through functions and comparisons
/// as in SQL. So `not (exit_code > 0)` holds for an event without exit code, and `null == (exit_code > 0)` does too.
///
/// One compiler serves all the filters of a query, so that a field is read once.
struct ConditionCompiler {
  private let catalog: FieldCatalog
  private let registry: FunctionRegistry
  private let statement: EQLStatement
  /// The moment of `now`.
  let nowMillis: Int64
  /// By path.
  private(set) var columns: [String: Plan.Scan.Column] = [:]
  /// The formats of date fields whose mappings name one.
  private(set) var dateFormats: [Attribute: String] = [:]
  /// What is wrong, each a line `line L:C: message`, in the order found.
  private(set) var problems: [String] = []

  /// - Parameter registry: with EQL's functions.
  init(catalog: FieldCatalog, registry: FunctionRegistry, statement: EQLStatement, now: Timestamp) {
    self.catalog = catalog
    self.registry = registry
    self.statement = statement
    nowMillis = now.milliseconds
  }

  // MARK: - Fields

  /// The column of a field; nil where there is none, which is a problem unless the field is optional.
  mutating func field(_ field: EQLField) -> FieldCatalog.Field? {
    switch catalog.resolve(field.name) {
    case .field(let found): return found
    case .unusable(let message): report(message, at: field.source)
    case .unknown:
      if !field.isOptional {
        report("Unknown column [\(field.name)]" + Suggestions.text(for: field.name, among: catalog.names), at: field.source)
      }
    }
    return nil
  }

  mutating func attribute(of field: FieldCatalog.Field) -> Attribute {
    if let column = columns[field.path] { return column.attribute }
    let attribute = Attribute(name: field.name, type: field.type)
    columns[field.path] = Plan.Scan.Column(attribute, .field(field.path))
    dateFormats[attribute] = field.dateFormat
    return attribute
  }

  mutating func report(_ message: String, at source: Source) {
    let line = "line \(source.line):\(source.column): \(message)"
    if !problems.contains(line) { problems.append(line) }
  }

  // MARK: - Conditions

  /// The condition of a filter, with its event category.
  mutating func condition(of filter: EventFilter, categoryField: String) -> Expression {
    guard let category = filter.category else { return condition(filter.condition) }
    let field = EQLField(name: categoryField, isOptional: false, source: filter.categorySource)
    let isCategory = EQLExpression.comparison(
      .equal, .field(field), .literal(.string(category), filter.categorySource), filter.categorySource)
    return call(OperatorName.and, [condition(isCategory), condition(filter.condition)], filter.categorySource)
  }

  /// True or false for every event, never null.
  mutating func condition(_ expression: EQLExpression) -> Expression {
    switch expression {
    case .and(let operands, let source): return joined(OperatorName.and, operands, source)
    case .or(let operands, let source): return joined(OperatorName.or, operands, source)
    case .not(let operand, let source):
      // What is null whatever the event stays null, and so not true.
      return isAlwaysNull(operand) ? .literal(.boolean(false), .boolean) : call(OperatorName.not, [condition(operand)], source)
    case .literal(.boolean(let value), _): return .literal(.boolean(value), .boolean)
    case .literal(.null, _): return .literal(.boolean(false), .boolean)
    case .comparison(let operation, let left, let right, let source):
      return comparisonCondition(operation, left, right, source)
    default: return statement(expression)
    }
  }

  /// Whether an expression is null for every event: null itself, or a statement about an optional field that no index has.
  private func isAlwaysNull(_ expression: EQLExpression) -> Bool {
    switch expression {
    case .not(let operand, _): return isAlwaysNull(operand)
    case .and, .or: return false
    default:
      // On a copy, as what is wrong with it is reported when it is compiled for good.
      var trial = self
      return trial.value(expression).isNullLiteral
    }
  }

  /// Joined in pairs of halves, so that a long chain makes a shallow tree.
  private mutating func joined(_ name: String, _ operands: [EQLExpression], _ source: Source) -> Expression {
    var expressions = operands.map { condition($0) }
    while expressions.count > 1 {
      var halves: [Expression] = []
      for index in stride(from: 0, to: expressions.count, by: 2) {
        let pair = Array(expressions[index..<min(index + 2, expressions.count)])
        halves.append(pair.count == 2 ? call(name, pair, source) : pair[0])
      }
      expressions = halves
    }
    return expressions.first ?? .literal(.boolean(true), .boolean)
  }

  /// A statement: true if some choice of values makes it so.
  private mutating func statement(_ expression: EQLExpression) -> Expression {
    let value = value(expression)
    guard value.type == .boolean || value.type == .null else {
      report("Condition expression needs to be boolean, found [\(value.type.messageText)]", at: expression.source)
      return .literal(.boolean(false), .boolean)
    }
    return call(AnyValueFunction.name, [value], expression.source)
  }

  /// A comparison that stands as a condition. Comparing a field with `!=`, or anything with `!= null`, is the negation of `==`; comparing a condition with
  /// `true` or `false` is the condition or its negation.
  private mutating func comparisonCondition(
    _ operation: EQLComparison, _ left: EQLExpression, _ right: EQLExpression, _ source: Source
  ) -> Expression {
    let expression = EQLExpression.comparison(operation, left, right, source)
    guard operation == .equal || operation == .notEqual else { return statement(expression) }
    if let (flag, other) = flagAndCondition(left, right) {
      let condition = condition(other)
      return flag == (operation == .equal) ? condition : call(OperatorName.not, [condition], source)
    }
    guard operation == .notEqual, isNull(left) || isNull(right) || isFieldAndLiteral(left, right) else { return statement(expression) }
    return call(OperatorName.not, [statement(.comparison(.equal, left, right, source))], source)
  }

  private func flagAndCondition(_ left: EQLExpression, _ right: EQLExpression) -> (Bool, EQLExpression)? {
    switch (left, right) {
    case (.literal(.boolean(let flag), _), let other), (let other, .literal(.boolean(let flag), _)):
      switch other {
      case .field, .literal, .negative, .arithmetic: nil
      default: (flag, other)
      }
    default: nil
    }
  }

  private func isNull(_ expression: EQLExpression) -> Bool {
    if case .literal(.null, _) = expression { true } else { false }
  }

  private func isFieldAndLiteral(_ left: EQLExpression, _ right: EQLExpression) -> Bool {
    switch (left, right) {
    case (.field, .literal), (.literal, .field): true
    default: false
    }
  }

  // MARK: - Making calls

  /// Applies a function of the registry. What is wrong with its arguments becomes a problem at the source, and the result null.
  mutating func call(_ name: String, _ arguments: [Expression], _ source: Source, texts: [String]? = nil) -> Expression {
    do {
      return try registry.call(name, arguments, texts: texts, origin: origin(of: source))
    } catch {
      report(error.message, at: source)
      return .literal(.null, .null)
    }
  }

  func origin(of source: Source) -> Expression.Origin {
    Expression.Origin(line: max(0, source.line), column: max(0, source.column), text: statement.text(of: source))
  }

  func text(of expression: EQLExpression) -> String { statement.text(of: expression.source) }
}

extension DataType {
  /// How messages of EQL name a type.
  var messageText: String { self == .date ? "DATETIME" : name.uppercased() }
}
