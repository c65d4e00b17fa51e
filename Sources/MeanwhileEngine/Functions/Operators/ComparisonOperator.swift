import MeanwhileData

/// `== != < <= > >=` over whatever has an order. Numbers of different types compare by value, dates of different fineness by moment.
enum ComparisonOperator: String, Sendable, CaseIterable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  var function: ScalarFunction {
    ScalarFunction(name: rawValue, documentation: documentation) { arguments throws(FunctionError) in
      try resolve(arguments)
    }
  }

  /// The operator with its sides exchanged.
  var mirrored: ComparisonOperator {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }

  /// Whether it holds for two values of this order: negative, 0 or positive.
  @inline(__always)
  func holds(_ order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    }
  }

  private var documentation: FunctionDocumentation {
    let (summary, query, result) =
      switch self {
      case .equal: ("Whether two values are equal.", "ROW x = 2 == 2.0", "true")
      case .notEqual: ("Whether two values differ.", "ROW x = \"a\" != \"b\"", "true")
      case .less: ("Whether a value comes before another.", "ROW x = 2 < 3", "true")
      case .lessOrEqual: ("Whether a value comes before another or is equal.", "ROW x = 2 <= 2", "true")
      case .greater: ("Whether a value comes after another.", "ROW x = \"a\" > \"b\"", "false")
      case .greaterOrEqual: ("Whether a value comes after another or is equal.", "ROW x = 2 >= 3", "false")
      }
    return FunctionDocumentation(
      category: .operators, syntax: "left \(rawValue) right", summary: summary, examples: [.init(query, result)])
  }

  private static let ordered = TypeSet(listing: TypeSet.comparable.types.subtracting([.boolean]))
  private static let equatable = TypeSet(listing: TypeSet.representable.types)

  private func resolve(_ arguments: [ScalarFunction.Argument]) throws(FunctionError) -> ScalarFunction.Resolution {
    try arguments.expectCount(rawValue, 2...2)
    let accepted = self == .equal || self == .notEqual ? Self.equatable : Self.ordered
    for index in 0...1 { try arguments.expect(index, accepted) }
    let left = arguments[0].type
    let right = arguments[1].type
    guard left != .null, right != .null else {
      return ScalarFunction.Resolution(type: .boolean, kernel: .eager { _, frame in .nulls(.boolean, rowCount: frame.rowCount) })
    }
    if (left == .unsignedLong) != (right == .unsignedLong) {
      throw FunctionError(
        "first argument of [",
        quotingCall: "] is [\(left.messageName)] and second is [\(right.messageName)]. "
          + "[unsigned_long] can only be operated on together with another [unsigned_long]")
    }
    guard let type = DataType.common(left, right) else {
      let wanted = left.isNumeric ? "numeric" : left.messageName
      throw FunctionError(
        "first argument of [", quotingCall: "] is [\(wanted)] so second argument must also be [\(wanted)] but was [\(right.messageName)]")
    }
    return ScalarFunction.Resolution(type: .boolean, kernel: kernel(type, left, right))
  }

  private func kernel(_ type: DataType, _ left: DataType, _ right: DataType) -> ScalarFunction.Kernel {
    switch type.layout {
    case .boolean: fixed { column, frame in frame.cells(column, of: UInt8.self) }
    case .double: fixed { column, frame in frame.doubles(column) }
    case .long where left.isDate && left != right: fixed { column, frame in frame.nanoseconds(column) }
    case .long: fixed { column, frame in frame.cells(column, of: Int64.self) }
    case .bytes: bytesKernel
    case .none: .eager { _, frame in .nulls(.boolean, rowCount: frame.rowCount) }
    }
  }

  @inline(__always)
  private func fixed<Element: FixedWidthElement & Comparable>(
    _ cells: @escaping @Sendable (Column, EvaluationFrame) -> Cells<Element>?
  ) -> ScalarFunction.Kernel {
    .eager { arguments, frame in compare(cells(arguments[0], frame), cells(arguments[1], frame), frame) }
  }

  private func compare<Element: FixedWidthElement & Comparable>(
    _ left: Cells<Element>?, _ right: Cells<Element>?, _ frame: EvaluationFrame
  ) -> Column {
    switch self {
    case .equal: frame.zip(left, right, type: .boolean) { $0 == $1 ? 1 : 0 as UInt8 }
    case .notEqual: frame.zip(left, right, type: .boolean) { $0 != $1 ? 1 : 0 as UInt8 }
    case .less: frame.zip(left, right, type: .boolean) { $0 < $1 ? 1 : 0 as UInt8 }
    case .lessOrEqual: frame.zip(left, right, type: .boolean) { $0 <= $1 ? 1 : 0 as UInt8 }
    case .greater: frame.zip(left, right, type: .boolean) { $0 > $1 ? 1 : 0 as UInt8 }
    case .greaterOrEqual: frame.zip(left, right, type: .boolean) { $0 >= $1 ? 1 : 0 as UInt8 }
    }
  }

  private var bytesKernel: ScalarFunction.Kernel {
    let cache = DictionaryCache<Vector<UInt8>>()
    return .eager { arguments, frame in
      let (left, right) = (arguments[0], arguments[1])
      // Against a constant, once a dictionary entry.
      if right.isConstant, !left.isConstant, let constant = frame.bytes(right) {
        let value = constant[0]
        return frame.mapBytes(left, cache: cache, type: .boolean) { holds(compareBytes($0, value)) ? 1 : 0 }
      }
      if left.isConstant, !right.isConstant, let constant = frame.bytes(left) {
        let value = constant[0]
        return frame.mapBytes(right, cache: cache, type: .boolean) { holds(compareBytes(value, $0)) ? 1 : 0 }
      }
      return frame.zipBytes(left, right, type: .boolean) { holds(compareBytes($0, $1)) ? 1 : 0 as UInt8 }
    }
  }
}

extension EvaluationFrame {
  /// The single values of a date column as nanoseconds; a moment that nanoseconds cannot reach becomes the nearest that they can.
  func nanoseconds(_ column: Column) -> Cells<Int64>? {
    guard let cells = cells(column, of: Int64.self), column.type == .date else { return cells(column, of: Int64.self) }
    let source = cells.vector
    let target = Vector<Int64>(count: source.count) { target in
      for index in 0..<source.count {
        let (value, overflow) = source[index].multipliedReportingOverflow(by: 1_000_000)
        (target + index).initialize(to: overflow ? (source[index] < 0 ? .min : .max) : value)
      }
    }
    return Cells(vector: target, nulls: cells.nulls, isConstant: cells.isConstant)
  }
}
