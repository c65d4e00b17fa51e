import MeanwhileData

/// The least or greatest of values: of one row's values (`MV_MIN`, `MV_MAX`) and of several arguments (`LEAST`, `GREATEST`).
enum ExtremeOfValues: Sendable {
  case least
  case greatest

  private var isLeast: Bool { self == .least }

  /// `MV_MIN` or `MV_MAX`.
  var ofRow: ScalarFunction {
    let name = isLeast ? "mv_min" : "mv_max"
    return ScalarFunction(
      name: name,
      documentation: FunctionDocumentation(
        category: .multiValue, syntax: "\(name.uppercased())(field)",
        summary: "The \(isLeast ? "least" : "greatest") of several values.",
        examples: [.init("ROW x = \(name.uppercased())([3, 1, 2])", isLeast ? "1" : "3")])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name, 1...1)
      try arguments.expect(0, .comparable)
      return ScalarFunction.Resolution(
        type: arguments[0].type == .text ? .keyword : arguments[0].type,
        kernel: .eager { arguments, frame in reduce(arguments[0], frame) })
    }
  }

  /// `LEAST` or `GREATEST`.
  var ofArguments: ScalarFunction {
    let name = isLeast ? "least" : "greatest"
    return ScalarFunction(
      name: name,
      documentation: FunctionDocumentation(
        category: .conditional, syntax: "\(name.uppercased())(first, [rest, …])",
        summary: "The \(name) of its arguments' values; null where one is.",
        examples: [.init("ROW x = \(name.uppercased())(10, 20)", isLeast ? "10" : "20")])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name, 1...Int.max)
      for index in arguments.indices { try arguments.expect(index, .comparable) }
      let type = try arguments.commonType(of: Array(arguments.indices))
      return ScalarFunction.Resolution(
        type: type,
        kernel: .eager { arguments, frame in
          var result = reduce(arguments[0].widened(to: type), frame)
          for argument in arguments.dropFirst() { result = choose(result, reduce(argument.widened(to: type), frame), type, frame) }
          return result
        })
    }
  }

  /// One value a row.
  func reduce(_ column: Column, _ frame: EvaluationFrame) -> Column {
    guard let offsets = column.offsets else { return column }
    let count = column.isConstant ? 1 : frame.rowCount
    let chosen = VectorBuilder<UInt32>(capacity: count)
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    let order = SlotOrder(column)
    for row in 0..<count {
      let slots = Int(offsets[row])..<Int(offsets[row + 1])
      guard var best = slots.first else {
        words[row >> 6] |= 1 << UInt64(row & 63)
        chosen.append(0)
        continue
      }
      for slot in slots.dropFirst() where isLeast ? order.precedes(slot, best) : order.precedes(best, slot) { best = slot }
      chosen.append(UInt32(truncatingIfNeeded: best))
    }
    let nulls = words.contains { $0 != 0 } ? Bitmap(words: Vector(words), count: count) : nil
    guard !column.isConstant || nulls == nil else { return .nulls(column.type, rowCount: frame.rowCount) }
    return Column(
      type: column.type, rowCount: frame.rowCount, values: column.values.gather(chosen.finish()), nulls: nulls,
      isConstant: column.isConstant)
  }

  /// The less or greater of two columns of single values, row by row.
  private func choose(_ left: Column, _ right: Column, _ type: DataType, _ frame: EvaluationFrame) -> Column {
    switch type.layout {
    case .boolean, .long, .double, .none: chooseFixed(left, right, type, frame)
    case .bytes: chooseBytes(left, right, type, frame)
    }
  }

  private func chooseFixed(_ left: Column, _ right: Column, _ type: DataType, _ frame: EvaluationFrame) -> Column {
    switch type.layout {
    case .boolean:
      frame.zip(frame.cells(left, of: UInt8.self), frame.cells(right, of: UInt8.self), type: type) { isLeast ? min($0, $1) : max($0, $1) }
    case .double:
      frame.zip(frame.cells(left, of: Double.self), frame.cells(right, of: Double.self), type: type) { isLeast ? min($0, $1) : max($0, $1) }
    default:
      frame.zip(frame.cells(left, of: Int64.self), frame.cells(right, of: Int64.self), type: type) { isLeast ? min($0, $1) : max($0, $1) }
    }
  }

  private func chooseBytes(_ left: Column, _ right: Column, _ type: DataType, _ frame: EvaluationFrame) -> Column {
    guard let rows = frame.rows(of: [left, right]), let lefts = frame.bytes(left), let rights = frame.bytes(right) else {
      return .nulls(type, rowCount: frame.rowCount)
    }
    return frame.makeBytes(rows, type: type) { row, out throws(EvaluationFailure) in
      let isLeft = (compareBytes(lefts[row], rights[row]) < 0) == isLeast
      out.append(contentsOf: isLeft ? lefts[row] : rights[row])
      return true
    }
  }
}

/// The order of a column's values, by slot.
struct SlotOrder {
  private let column: Column
  private let bytes: BytesSlots?

  init(_ column: Column) {
    self.column = column
    bytes = BytesSlots(column)
  }

  func precedes(_ left: Int, _ right: Int) -> Bool {
    switch column.values {
    case .none: false
    case .booleans(let values): values[left] < values[right]
    case .longs(let values): values[left] < values[right]
    case .doubles(let values): values[left] < values[right]
    case .bytes, .ordinals: bytes.map { compareBytes($0[left], $0[right]) < 0 } ?? false
    }
  }

  func areEqual(_ left: Int, _ right: Int) -> Bool { !precedes(left, right) && !precedes(right, left) }
}

extension [ScalarFunction.Argument] {
  /// The type that holds all of some arguments.
  ///
  /// - Throws: `second argument of [call] must be [integer], found value [x] type [keyword]` where there is none.
  func commonType(of indices: [Int]) throws(FunctionError) -> DataType {
    var common = DataType.null
    for index in indices {
      guard let wider = DataType.common(common, self[index].type) else {
        throw .argument(index, self[index], mustBe: [common.messageName])
      }
      common = wider
    }
    return common == .text ? .keyword : common
  }
}
