extension FunctionRegistry {
  /// Every function that ships with the engine.
  public static let standard: FunctionRegistry = {
    var registry = FunctionRegistry()
    for function in operators { registry.add(function) }
    for conversion in Conversion.allCases { registry.add(conversion.function) }
    for function in math + multiValues { registry.add(function) }
    for function in strings + conditionals + addresses { registry.add(function) }
    for function in dates + spans + repetitions { registry.add(function) }
    for function in aggregates { registry.add(function) }
    for function in ScalarFunction.search { registry.add(function) }
    return registry
  }()

  private static var operators: [ScalarFunction] {
    ArithmeticOperator.allCases.map(\.function) + [.negate]
      + ComparisonOperator.allCases.map(\.function)
      + LogicOperator.allCases.map(\.function) + [.not]
      + [.isNull, .isNotNull, .isIn, .like, .rlike, .random, .sourceField]
  }

  private static var math: [ScalarFunction] {
    MathFunction.all.map(\.function) + ScalarFunction.constants
      + [
        .ceiling, .floor, .absolute, .round, .power, .atan2, .hypotenuse, .logarithm, .copySign, .scaled, .roundTo,
      ]
  }

  private static var multiValues: [ScalarFunction] {
    FoldOfValues.allCases.map(\.function) + SetsOfValues.allCases.map(\.function)
      + [
        .countOfValues, .firstOfValues, .lastOfValues, .distinctValues, .sortedValues, .sliceOfValues, .joinedValues,
        .zippedValues, .percentileOfValues, .deviationOfValues, .seriesOfValues,
        ExtremeOfValues.least.ofRow, ExtremeOfValues.greatest.ofRow, ExtremeOfValues.least.ofArguments,
        ExtremeOfValues.greatest.ofArguments,
      ]
  }

  private static var dates: [ScalarFunction] {
    [.now, .dateTrunc, .dateExtract, .dateDifference, .dateFormat, .dateParse, .dayName, .monthName, .bucket, .timeBucket, .timeRange]
  }

  private static var strings: [ScalarFunction] {
    [
      .length, .byteLength, .bitLength, .startsWith, .endsWith, .contains, .locate, .toLower, .toUpper, .trim, .ltrim, .rtrim, .reverse,
      .substring, .left, .right, .concat, .split, .replace, .hash, .md5, .sha1, .sha256, .toBase64, .fromBase64, .urlEncode,
      .urlEncodeComponent, .urlDecode, .jsonExtract, .toText,
    ]
  }

  private static var conditionals: [ScalarFunction] { [.caseWhen, .coalesce, .clamp, .clampMinimum, .clampMaximum] }

  private static var addresses: [ScalarFunction] { [.cidrMatch, .ipPrefix, .networkDirection] + LeadingZeros.allCases.map(\.function) }

  private static var spans: [ScalarFunction] { [.toDatePeriod, .toTimeDuration] }

  private static var repetitions: [ScalarFunction] { [.repeated, .space] }

  private static var aggregates: [AggregateFunction] {
    [
      .count, .sum, .average, .minimum, .maximum, .countDistinct, .median, .percentile, .medianAbsoluteDeviation, .standardDeviation,
      .variance, .values, .present, .absent, .weightedAverage, .top, .first, .last, .sample,
    ]
  }
}
