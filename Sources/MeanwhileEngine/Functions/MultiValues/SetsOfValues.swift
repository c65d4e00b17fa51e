import MeanwhileData

/// Two rows' values as sets or lists: `MV_APPEND`, `MV_UNION`, `MV_INTERSECTION`, `MV_DIFFERENCE`, and the questions `MV_CONTAINS`, `MV_INTERSECTS`.
enum SetsOfValues: String, Sendable, CaseIterable {
  case append = "mv_append"
  case union = "mv_union"
  case intersection = "mv_intersection"
  case difference = "mv_difference"
  case contains = "mv_contains"
  case intersects = "mv_intersects"

  private var isQuestion: Bool { self == .contains || self == .intersects }

  private var documentation: FunctionDocumentation {
    let (summary, result): (String, String) =
      switch self {
      case .append: ("The values of both, repetitions included; null where either is.", "[1, 2, 2, 3]")
      case .union: ("The values that are in either, each once. Null has none.", "[1, 2, 3]")
      case .intersection: ("The values that are in both, each once.", "2")
      case .difference: ("The values of the first that are not in the second, each once.", "1")
      case .contains: ("Whether the first has every value of the second. Null has none, which everything has.", "false")
      case .intersects: ("Whether one value is in both.", "true")
      }
    return FunctionDocumentation(
      category: .multiValue, syntax: "\(rawValue.uppercased())(field1, field2)", summary: summary, propagatesNull: self == .append,
      examples: [.init("ROW x = \(rawValue.uppercased())([1, 2], [2, 3])", result)])
  }

  var function: ScalarFunction {
    ScalarFunction(name: rawValue, documentation: documentation) { arguments throws(FunctionError) in
      try arguments.expectCount(rawValue, 2...2)
      for index in 0...1 { try arguments.expect(index, .representable) }
      let types = arguments.map { $0.type == .text ? DataType.keyword : $0.type }
      guard types[0] == types[1] || types.contains(.null) else {
        throw .argument(1, arguments[1], mustBe: [arguments[0].type.messageName])
      }
      let type = types[0] == .null ? types[1] : types[0]
      return ScalarFunction.Resolution(
        type: isQuestion ? .boolean : type, kernel: .eager { arguments, frame in compute(arguments[0], arguments[1], type, frame) })
    }
  }

  private func compute(_ left: Column, _ right: Column, _ type: DataType, _ frame: EvaluationFrame) -> Column {
    let isConstant = left.isConstant && right.isConstant
    let count = isConstant ? 1 : frame.rowCount
    // Both in one column, so that values of either side are slots of it.
    guard let both = try? Column.concatenation(of: [left.first(count), right.first(count)].map { $0.retyped(type) }, type: type) else {
      return .nulls(isQuestion ? .boolean : type, rowCount: frame.rowCount)
    }
    let order = SlotOrder(both)
    if isQuestion {
      let answers = Vector<UInt8>(count: count) { target in
        for row in 0..<count {
          let (own, other) = (both.slots(ofRow: row), both.slots(ofRow: count + row))
          (target + row).initialize(to: answer(own, other, order) ? 1 : 0)
        }
      }
      return Column(type: .boolean, rowCount: frame.rowCount, values: .booleans(answers), isConstant: isConstant)
    }
    var frame = frame
    let rowCount = frame.rowCount
    frame.rowCount = count
    let chosen = frame.chooseSlots(both, type: type, isConstant: false) { row in
      choose(both.slots(ofRow: row), both.slots(ofRow: count + row), order)
    }
    return isConstant ? chosen.spread(over: rowCount, isConstant: true) : chosen
  }

  private func answer(_ own: Range<Int>, _ other: Range<Int>, _ order: SlotOrder) -> Bool {
    func has(_ slot: Int) -> Bool { own.contains { order.areEqual($0, slot) } }
    return self == .contains ? other.allSatisfy(has) : other.contains(where: has)
  }

  private func choose(_ own: Range<Int>, _ other: Range<Int>, _ order: SlotOrder) -> [Int] {
    func distinct(_ slots: some Sequence<Int>) -> [Int] {
      slots.reduce(into: []) { kept, slot in if !kept.contains(where: { order.areEqual($0, slot) }) { kept.append(slot) } }
    }
    func isIn(_ slots: Range<Int>, _ slot: Int) -> Bool { slots.contains { order.areEqual($0, slot) } }
    switch self {
    case .append: return own.isEmpty || other.isEmpty ? [] : Array(own) + Array(other)
    case .union: return distinct(Array(own) + Array(other))
    case .intersection: return distinct(own.filter { isIn(other, $0) })
    case .difference: return distinct(own.filter { !isIn(other, $0) })
    case .contains, .intersects: return []
    }
  }
}

extension Column {
  /// The first rows, a constant written out.
  fileprivate func first(_ count: Int) -> Column {
    var column = self
    column.rowCount = count
    return column.expandedConstant()
  }
}
