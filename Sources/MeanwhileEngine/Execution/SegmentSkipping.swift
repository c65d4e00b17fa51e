import MeanwhileData

/// Tells, from what a segment knows of its columns beforehand, that no row of it can pass a filter.
struct SegmentSkipping: Sendable {
  /// `field op constant`, which only a row with a value can pass.
  private struct Bound: Sendable {
    var path: String
    var type: DataType
    var comparison: ComparisonOperator
    var constant: Value
  }

  private var bounds: [Bound] = []

  /// - Parameter conditions: all of which must be true.
  init(_ conditions: [Expression], columns: [Plan.Scan.Column]) {
    for condition in conditions {
      if case .call(let call) = condition, call.function.name == AnyValueFunction.name { addBounds(of: call, columns) }
      guard case .call(let call) = condition, let comparison = ComparisonOperator(rawValue: call.function.name), call.arguments.count == 2
      else { continue }
      switch (call.arguments[0], call.arguments[1]) {
      case (.column(let attribute), .literal(let constant, let type)):
        add(attribute, comparison, constant, type, columns)
      case (.literal(let constant, let type), .column(let attribute)):
        add(attribute, comparison.mirrored, constant, type, columns)
      default: break
      }
    }
  }

  /// Some value of the field must be within bounds, so the greatest and the least of a segment must not lie beyond them.
  private mutating func addBounds(of call: Expression.Call, _ columns: [Plan.Scan.Column]) {
    guard call.arguments.count == 3, case .column(let attribute) = call.arguments[0], case .literal(let low, let type) = call.arguments[1],
      case .literal(let high, _) = call.arguments[2]
    else { return }
    add(attribute, .greaterOrEqual, low, type, columns)
    add(attribute, .lessOrEqual, high, type, columns)
  }

  private mutating func add(
    _ attribute: Attribute, _ comparison: ComparisonOperator, _ constant: Value, _ type: DataType, _ columns: [Plan.Scan.Column]
  ) {
    guard let column = columns.first(where: { $0.attribute == attribute }), case .field(let path) = column.source else { return }
    guard attribute.type == type || attribute.type.isNumeric && type.isNumeric else { return }
    bounds.append(Bound(path: path, type: type, comparison: comparison, constant: constant))
  }

  func mayMatch(_ segment: Segment) -> Bool {
    for bound in bounds {
      guard let summary = segment.fields[bound.path], summary.rowsWithValue > 0 else { return false }
      guard let low = Self.order(summary.minimum, bound.constant, summary.type, bound.type),
        let high = Self.order(summary.maximum, bound.constant, summary.type, bound.type)
      else { continue }
      let isPossible =
        switch bound.comparison {
        case .equal: low <= 0 && high >= 0
        case .notEqual: low != 0 || high != 0
        case .less: low < 0
        case .lessOrEqual: low <= 0
        case .greater: high > 0
        case .greaterOrEqual: high >= 0
        }
      if !isPossible { return false }
    }
    return true
  }

  /// The order of two values; nil where it is not known for sure.
  private static func order(_ left: Value, _ right: Value, _ leftType: DataType, _ rightType: DataType) -> Int? {
    switch (left, right) {
    case (.long(let left), .long(let right)):
      let areSigned = leftType.isNumeric && rightType.isNumeric && leftType != .unsignedLong && rightType != .unsignedLong
      guard leftType == rightType || areSigned else { return nil }
      return left < right ? -1 : left > right ? 1 : 0
    case (.double(let left), .double(let right)):
      return left < right ? -1 : left > right ? 1 : left == right ? 0 : nil
    default: return nil
    }
  }
}
