extension FunctionRegistry {
  /// Every function that ships with the engine.
  public static let standard: FunctionRegistry = {
    var registry = FunctionRegistry()
    for function in operators { registry.add(function) }
    for conversion in Conversion.allCases { registry.add(conversion.function) }
    for function in aggregates { registry.add(function) }
    return registry
  }()

  private static var operators: [ScalarFunction] {
    ArithmeticOperator.allCases.map(\.function) + [.negate]
      + ComparisonOperator.allCases.map(\.function)
      + LogicOperator.allCases.map(\.function) + [.not]
      + [.isNull, .isNotNull, .isIn, .like, .rlike]
  }

  private static var aggregates: [AggregateFunction] {
    [.count, .sum, .average, .minimum, .maximum]
  }
}
