import MeanwhileData

/// Query DSL's leaves as functions of one column: true for a row if any of its values passes, false otherwise, never null.
///
/// That is the rule that tells Query DSL from ES|QL, whose operators make a row with several values null.
enum AnyValueFunction {
  private static func documentation(_ name: String, _ summary: String) -> FunctionDocumentation {
    FunctionDocumentation(category: .search, syntax: "\(name)(field)", summary: summary, propagatesNull: false)
  }

  /// The name of a test of values. Where it is one of a range, the bounds stand behind the field as constants, for segments to be skipped by.
  static let name = "any_value"

  /// A test of a field's values.
  static func expression(_ test: ValueTest, of attribute: Attribute, origin: String) -> Expression {
    let cache = DictionaryCache<Vector<UInt8>>()
    let bounds = test.bounds.map { Expression.literal($0, attribute.type) }
    return call(name, "Whether any value of a field passes a test.", attribute, bounds: bounds, origin: origin) { column, frame in
      column.anySlot(passing: column.slotsPassing(test, cache), rowCount: frame.rowCount)
    }
  }

  /// Whether a field has a value at all.
  static func exists(_ attribute: Attribute) -> Expression {
    call("any_value_exists", "Whether a field has a value.", attribute, origin: "exists") { column, frame in
      let result = Vector<UInt8>(count: frame.rowCount) { target in
        for row in 0..<frame.rowCount { (target + row).initialize(to: column.slots(ofRow: row).isEmpty ? 0 : 1) }
      }
      return Column(type: .boolean, rowCount: frame.rowCount, values: .booleans(result))
    }
  }

  /// Whether a text's terms pass a test.
  static func text(_ test: TextTest, of variant: SearchFields.Variant, origin: String) -> Expression {
    let lookup = TextLookup(.passes(test), path: variant.leaf.path, analyzer: variant.analyzer)
    return call("any_value_text", "Whether the terms of a text pass a test.", variant.attribute, lookup: lookup, origin: origin) {
      column, _ in
      lookup.answer(reading: column)
    }
  }

  static func call(
    _ name: String, _ summary: String, _ attribute: Attribute, bounds: [Expression] = [], lookup: TextLookup? = nil, origin: String,
    _ kernel: @escaping @Sendable (Column, EvaluationFrame) -> Column
  ) -> Expression {
    var made = ScalarFunction.Resolution(type: .boolean, kernel: .eager { arguments, frame in kernel(arguments[0], frame) })
    made.lookup = lookup
    let resolution = made
    let function = ScalarFunction(name: name, documentation: documentation(name, summary)) { _ throws(FunctionError) in resolution }
    return .call(
      Expression.Call(
        function: function, arguments: [.column(attribute)] + bounds, resolution: resolution,
        origin: Expression.Origin(line: 0, column: 0, text: "\(origin)(\(attribute.name))")))
  }
}

extension Column {
  /// The slots of this column's rows: of a slice's values, which are the whole column's, just its own.
  private var ownSlots: Range<Int> {
    let rows = isConstant ? min(1, rowCount) : rowCount
    guard let offsets else { return 0..<min(rows, values.count) }
    return rows == 0 ? 0..<0 : Int(offsets[0])..<Int(offsets[rows])
  }

  /// A byte for each of the rows' slots, 1 where its value passes. What a null's slot says is of no account.
  fileprivate func slotsPassing(_ test: ValueTest, _ cache: DictionaryCache<Vector<UInt8>>) -> Vector<UInt8>? {
    let slots = ownSlots
    switch (values, test) {
    case (.longs(let values), .longs(let test)): return slots.bytes { test.holds(values[$0]) }
    case (.doubles(let values), .doubles(let test)): return slots.bytes { test.holds(values[$0]) }
    case (.booleans(let values), .booleans(let acceptsFalse, let acceptsTrue)):
      return slots.bytes { values[$0] == 0 ? acceptsFalse : acceptsTrue }
    case (.bytes(let values), .bytes(let test)): return slots.bytes { test.holds(values[$0]) }
    case (.ordinals(let ordinals, let dictionary, _), .bytes(let test)):
      let table = cache.table(of: dictionary, rowCount: slots.count) { dictionary in
        (0..<dictionary.count).bytes { test.holds(dictionary[$0]) }
      }
      if let table { return slots.bytes { table[Int(ordinals[$0])] != 0 } }
      return slots.bytes { test.holds(dictionary[Int(ordinals[$0])]) }
    default: return nil
    }
  }

  /// A boolean a row: whether any of its slots has a 1.
  fileprivate func anySlot(passing slots: Vector<UInt8>?, rowCount: Int) -> Column {
    guard let slots, !isAllNull else { return Column(constant: .boolean(false), type: .boolean, rowCount: rowCount) }
    let first = ownSlots.lowerBound
    if isConstant {
      let any = self.slots(ofRow: 0).contains { slots[$0 - first] != 0 }
      return Column(constant: .boolean(any), type: .boolean, rowCount: rowCount)
    }
    guard let offsets else {
      guard let nulls else { return Column(type: .boolean, rowCount: rowCount, values: .booleans(slots)) }
      let result = (0..<rowCount).bytes { !nulls[$0] && slots[$0] != 0 }
      return Column(type: .boolean, rowCount: rowCount, values: .booleans(result))
    }
    let result = (0..<rowCount).bytes { row in
      var any: UInt8 = 0
      for slot in Int(offsets[row])..<Int(offsets[row + 1]) { any |= slots[slot - first] }
      return any != 0
    }
    return Column(type: .boolean, rowCount: rowCount, values: .booleans(result))
  }
}

extension Range<Int> {
  /// A byte for each number, 1 where it passes.
  @inline(__always)
  fileprivate func bytes(_ passes: (Int) -> Bool) -> Vector<UInt8> {
    Vector<UInt8>(count: count) { target in
      for index in 0..<count { (target + index).initialize(to: passes(lowerBound + index) ? 1 : 0) }
    }
  }
}
