import MeanwhileData
import MeanwhileEngine

/// Expressions that give each document its buckets.
enum BucketKey {
  /// A field's values as doubles, dates in milliseconds: what metrics are computed from.
  static func number(_ attribute: Attribute) -> Expression {
    guard attribute.type.layout != .double else { return .column(attribute) }
    let isUnsigned = attribute.type == .unsignedLong
    return call("as_number", attribute, type: .double) { column in
      switch column.values {
      case .longs(let values):
        .doubles(
          Vector(count: values.count) { target in
            for slot in 0..<values.count {
              (target + slot).initialize(to: isUnsigned ? Double(UnsignedLong.decode(values[slot])) : Double(values[slot]))
            }
          })
      case .booleans(let values): .doubles(Vector((0..<values.count).map { Double(values[$0]) }))
      default: .none
      }
    }
  }

  /// The start of the interval that each date lies in, in milliseconds.
  static func interval(_ interval: CalendarInterval, zone: TimeZoneRules?, of attribute: Attribute) -> Expression {
    let isNanos = attribute.type == .dateNanos
    return call("date_bucket", attribute, type: .date) { column in
      guard case .longs(let values) = column.values else { return .none }
      return .longs(
        Vector(count: values.count) { target in
          for slot in 0..<values.count {
            let millis = isNanos ? values[slot].floorDivided(by: 1_000_000) : values[slot]
            (target + slot).initialize(to: interval.truncate(millis: millis, in: zone))
          }
        })
    }
  }

  /// The start of the interval that each number lies in.
  static func interval(_ size: Double, offset: Double, of attribute: Attribute) -> Expression {
    let isUnsigned = attribute.type == .unsignedLong
    return call("number_bucket", attribute, type: .double) { column in
      func start(_ value: Double) -> Double { ((value - offset) / size).rounded(.down) * size + offset }
      switch column.values {
      case .doubles(let values):
        return .doubles(
          Vector(count: values.count) { target in
            for slot in 0..<values.count { (target + slot).initialize(to: start(values[slot])) }
          })
      case .longs(let values):
        return .doubles(
          Vector(count: values.count) { target in
            for slot in 0..<values.count {
              (target + slot).initialize(to: start(isUnsigned ? Double(UnsignedLong.decode(values[slot])) : Double(values[slot])))
            }
          })
      default: return .none
      }
    }
  }

  /// A function of a column's slots that leaves rows as they are.
  private static func call(
    _ name: String, _ attribute: Attribute, type: DataType, _ map: @escaping @Sendable (Column) -> Column.Values
  ) -> Expression {
    let kernel = ScalarFunction.Kernel.eager { arguments, frame in
      var column = arguments[0]
      let values = map(column)
      if case .none = values { return .nulls(type, rowCount: frame.rowCount) }
      column.values = values
      column.type = type
      return name.hasSuffix("bucket") ? column.withoutRepetitions() : column
    }
    let resolution = ScalarFunction.Resolution(type: type, kernel: kernel)
    let documentation = FunctionDocumentation(
      category: .grouping, syntax: "\(name)(field)", summary: "What an aggregation groups or measures a field by.", propagatesNull: false)
    let function = ScalarFunction(name: name, documentation: documentation) { _ throws(FunctionError) in resolution }
    return .call(Expression.Call(function: function, arguments: [.column(attribute)], resolution: resolution, origin: .none))
  }
}

extension Column {
  /// A row that has several values in one bucket counts there once.
  fileprivate func withoutRepetitions() -> Column {
    guard offsets != nil, !isConstant else { return self }
    let builder = ColumnBuilder(type: type, capacity: values.count)
    for row in 0..<rowCount {
      var seen: [Value] = []
      for slot in slots(ofRow: row) where seen.last != value(inSlot: slot) { seen.append(value(inSlot: slot)) }
      builder.append(seen.count == 1 ? seen[0] : seen.isEmpty ? .null : .several(seen))
    }
    return builder.finish()
  }
}
