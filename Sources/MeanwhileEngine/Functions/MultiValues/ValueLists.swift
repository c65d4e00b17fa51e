import MeanwhileData

// Functions that choose or order a row's values: the result is made of slots of the argument.

extension ScalarFunction {
  /// `MV_COUNT`.
  static let countOfValues = ScalarFunction(
    name: "mv_count",
    documentation: FunctionDocumentation(
      category: .multiValue, syntax: "MV_COUNT(field)", summary: "How many values there are.",
      examples: [.init("ROW x = MV_COUNT([\"a\", \"b\"])", "2")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("mv_count", 1...1)
    try arguments.expect(0, .representable)
    return Resolution(
      type: .integer,
      kernel: .eager { arguments, frame in
        let column = arguments[0]
        guard let rows = frame.rows(of: [column]) else { return .nulls(.integer, rowCount: frame.rowCount) }
        return frame.makeFixed(rows, type: .integer) { row throws(EvaluationFailure) -> Int64? in
          let count = column.slots(ofRow: row).count
          return count == 0 ? nil : Int64(count)
        }
      })
  }

  /// `MV_FIRST`.
  static let firstOfValues = choosing(
    "mv_first", syntax: "MV_FIRST(field)", summary: "The first of several values, in the order in which they are kept.",
    example: .init("ROW x = MV_FIRST([3, 1, 2])", "3")
  ) { slots, _ in slots.prefix(1).map { $0 } }

  /// `MV_LAST`.
  static let lastOfValues = choosing(
    "mv_last", syntax: "MV_LAST(field)", summary: "The last of several values, in the order in which they are kept.",
    example: .init("ROW x = MV_LAST([3, 1, 2])", "2")
  ) { slots, _ in slots.suffix(1).map { $0 } }

  /// `MV_DEDUPE`.
  static let distinctValues = choosing(
    "mv_dedupe", syntax: "MV_DEDUPE(field)", summary: "The values without repetitions.",
    example: .init("ROW x = MV_DEDUPE([1, 2, 1])", "[1, 2]")
  ) { slots, order in
    var kept: [Int] = []
    for slot in slots where !kept.contains(where: { order.areEqual($0, slot) }) { kept.append(slot) }
    return kept
  }

  private static func choosing(
    _ name: String, syntax: String, summary: String, example: FunctionDocumentation.Example,
    _ choose: @escaping @Sendable (Range<Int>, SlotOrder) -> [Int]
  ) -> ScalarFunction {
    ScalarFunction(
      name: name, documentation: FunctionDocumentation(category: .multiValue, syntax: syntax, summary: summary, examples: [example])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name, 1...1)
      try arguments.expect(0, .representable)
      let type = arguments[0].type == .text ? .keyword : arguments[0].type
      return Resolution(
        type: type,
        kernel: .eager { arguments, frame in
          let column = arguments[0]
          // Without several values a row is what it was.
          guard column.mayHaveSeveralValues else { return column.retyped(type) }
          let order = SlotOrder(column)
          return frame.chooseSlots(column, type: type) { row in choose(column.slots(ofRow: row), order) }
        })
    }
  }

  /// `MV_SORT(field, [order])`.
  static let sortedValues = ScalarFunction(
    name: "mv_sort",
    documentation: FunctionDocumentation(
      category: .multiValue, syntax: "MV_SORT(field, [order])", summary: "The values in order, ascending unless `order` is \"DESC\".",
      examples: [.init("ROW x = MV_SORT([4, 2, 3])", "[2, 3, 4]")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("mv_sort", 1...2)
    try arguments.expect(0, .representable)
    try arguments.expect(1, .string)
    try arguments.expectConstant(1)
    var isDescending = false
    if arguments.count == 2, case .bytes(let bytes)? = arguments[1].constant {
      let text = String(decoding: bytes, as: UTF8.self)
      guard ["ASC", "DESC"].contains(text.uppercased()) else {
        throw FunctionError("Invalid order value in [", quotingCall: "], expected one of [ASC, DESC] but got [\(text)]")
      }
      isDescending = text.uppercased() == "DESC"
    }
    let type = arguments[0].type == .text ? .keyword : arguments[0].type
    return Resolution(
      type: type,
      kernel: .eager { [isDescending] arguments, frame in
        let column = arguments[0]
        guard column.mayHaveSeveralValues else { return column.retyped(type) }
        let order = SlotOrder(column)
        return frame.chooseSlots(column, type: type) { row in
          column.slots(ofRow: row).sorted { isDescending ? order.precedes($1, $0) : order.precedes($0, $1) }
        }
      })
  }

  /// `MV_SLICE(field, start, [end])`.
  static let sliceOfValues = ScalarFunction(
    name: "mv_slice",
    documentation: FunctionDocumentation(
      category: .multiValue, syntax: "MV_SLICE(field, start, [end])",
      summary: "The values from one place to another, both included, counted from 0; a negative place counts from the end.",
      examples: [.init("ROW x = MV_SLICE([1, 2, 2, 3], 1, 2)", "[2, 2]")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("mv_slice", 2...3)
    try arguments.expect(0, .representable)
    for index in 1..<arguments.count { try arguments.expect(index, .integer) }
    let type = arguments[0].type == .text ? .keyword : arguments[0].type
    return Resolution(
      type: type,
      kernel: .eager { arguments, frame in
        let column = arguments[0]
        let starts = frame.single(arguments[1])
        let ends = arguments.count == 3 ? frame.single(arguments[2]) : starts
        guard let first: Cells<Int64> = frame.cells(starts), let last: Cells<Int64> = frame.cells(ends) else {
          return .nulls(type, rowCount: frame.rowCount)
        }
        return frame.chooseSlots(column, type: type, isConstant: column.isConstant && first.isConstant && last.isConstant) { row in
          if first.isNull(row) || last.isNull(row) { return [] }
          let slots = column.slots(ofRow: row)
          let from = first[row] < 0 ? first[row] + Int64(slots.count) : first[row]
          let to = last[row] < 0 ? last[row] + Int64(slots.count) : last[row]
          guard from <= to, from < slots.count, to >= 0 else { return [] }
          return Array(slots.dropFirst(Int(max(0, from))).prefix(Int(min(to, Int64(slots.count) - 1) - max(0, from) + 1)))
        }
      })
  }
}

extension Column {
  /// The same column under another type of the same layout.
  func retyped(_ type: DataType) -> Column {
    var column = self
    column.type = type
    return column
  }
}

extension EvaluationFrame {
  /// A column of some of another's values.
  ///
  /// - Parameters:
  ///   - isConstant: whether one row stands for all; nil is as the column has it.
  ///   - choose: the slots of a row's values, in order; none means null.
  func chooseSlots(_ column: Column, type: DataType, isConstant: Bool? = nil, _ choose: (Int) -> [Int]) -> Column {
    let isConstant = isConstant ?? column.isConstant
    let count = isConstant ? 1 : rowCount
    let slots = VectorBuilder<UInt32>(capacity: count)
    let starts = VectorBuilder<UInt32>(capacity: count + 1)
    starts.append(0)
    for row in 0..<count {
      for slot in choose(row) { slots.append(UInt32(truncatingIfNeeded: slot)) }
      starts.append(UInt32(truncatingIfNeeded: slots.count))
    }
    guard slots.count > 0 else { return .nulls(type, rowCount: rowCount) }
    return Column(
      type: type, rowCount: rowCount, values: column.values.gather(slots.finish()), offsets: starts.finish(), isConstant: isConstant)
  }
}
