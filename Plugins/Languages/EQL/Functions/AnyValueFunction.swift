import MeanwhileData
import MeanwhileEngine

/// Makes a condition of EQL out of an expression: true where the expression is true for some choice of one value from each field that has several, and false,
/// never null, elsewhere (Elasticsearch's rule for multi-values; a field that has no value is null in every choice).
enum AnyValueFunction {
  static let name = EQLFunctions.prefix + "any"

  /// The most choices that are tried for one row.
  private static let choicesMax = 10_000

  static let function = ScalarFunction(
    name: name,
    documentation: FunctionDocumentation(
      category: .eql, syntax: "any(condition)", summary: "Whether a condition holds for some of the values of its fields.",
      propagatesNull: false)
  ) { arguments throws(FunctionError) in
    guard arguments.count == 1, arguments[0].type == .boolean || arguments[0].type == .null else {
      throw FunctionError("Condition expression needs to be boolean, found [\(arguments.first?.type.name.uppercased() ?? "")]")
    }
    return ScalarFunction.Resolution(
      type: .boolean,
      kernel: .lazy { arguments, frame in
        let condition = arguments[0]
        let channels = channels(of: condition)
        let several = channels.filter { frame.page.columns[$0].mayHaveSeveralValues }
        guard !several.isEmpty else { return definite(try condition.evaluate(frame), rowCount: frame.rowCount) }
        return try anyChoice(condition, channels: channels, frame)
      })
  }

  /// The channels that an expression reads.
  private static func channels(of expression: CompiledExpression) -> Set<Int> {
    switch expression {
    case .constant: []
    case .channel(let index): [index]
    case .call(_, let arguments, _): arguments.reduce(into: []) { $0.formUnion(channels(of: $1)) }
    }
  }

  /// Null becomes false.
  private static func definite(_ column: Column, rowCount: Int) -> Column {
    if !column.mayHaveNulls, case .booleans = column.values { return column }
    let values = Vector<UInt8>(count: rowCount) { target in
      for row in 0..<rowCount { (target + row).initialize(to: isTrue(column, row) ? 1 : 0) }
    }
    return Column(type: .boolean, rowCount: rowCount, values: .booleans(values))
  }

  private static func isTrue(_ column: Column, _ row: Int) -> Bool {
    guard case .booleans(let values) = column.values else { return false }
    for slot in column.slots(ofRow: row) where values[slot] != 0 { return true }
    return false
  }

  /// Evaluates on a page with a row for each choice, then brings the rows of one document together.
  private static func anyChoice(_ condition: CompiledExpression, channels: Set<Int>, _ frame: EvaluationFrame) throws -> Column {
    var choices = Choices()
    let ordered = channels.sorted()
    for row in 0..<frame.rowCount {
      choices.add(row: row, slots: ordered.map { frame.page.columns[$0].slots(ofRow: row) }, limit: choicesMax)
    }
    var page = frame.page
    page.rowCount = choices.rows.count
    for channel in page.columns.indices {
      if let place = ordered.firstIndex(of: channel) {
        page.columns[channel] = page.columns[channel].picking(choices.slots(of: place, width: ordered.count))
      } else {
        // Not read by the condition.
        page.columns[channel] = .nulls(page.columns[channel].type, rowCount: choices.rows.count)
      }
    }
    var inner = frame
    inner.page = page
    inner.rowCount = choices.rows.count
    let verdicts = try condition.evaluate(inner)
    var holds = [UInt8](repeating: 0, count: frame.rowCount)
    for (index, row) in choices.rows.enumerated() where isTrue(verdicts, index) { holds[row] = 1 }
    return Column(type: .boolean, rowCount: frame.rowCount, values: .booleans(Vector(holds)))
  }
}

/// For each choice of values, its document and the slot picked from each column.
private struct Choices {
  var rows: [Int] = []
  private var picked: [Int] = []

  mutating func add(row: Int, slots: [Range<Int>], limit: Int) {
    var count = 1
    for range in slots where range.count > 1 { count = min(limit, count * range.count) }
    for choice in 0..<count {
      var rest = choice
      rows.append(row)
      for range in slots {
        guard !range.isEmpty else {
          picked.append(Column.noSlot)
          continue
        }
        picked.append(range.lowerBound + rest % range.count)
        rest /= range.count
      }
    }
  }

  func slots(of place: Int, width: Int) -> [Int] {
    stride(from: place, to: picked.count, by: width).map { picked[$0] }
  }
}

extension Column {
  /// Stands for null among picked slots.
  static let noSlot = -1

  /// A column of single values, made of some slots of this one; ``noSlot`` gives null.
  func picking(_ slots: [Int]) -> Column {
    guard values.count > 0 else { return .nulls(type, rowCount: slots.count) }
    let hasNulls = slots.contains(Self.noSlot)
    var picked = Column(type: type, rowCount: slots.count, values: values.picking(slots))
    if hasNulls { picked.nulls = Bitmap(count: slots.count) { slots[$0] == Self.noSlot } }
    return picked
  }
}

extension Column.Values {
  fileprivate func picking(_ slots: [Int]) -> Column.Values {
    switch self {
    case .none: return .none
    case .booleans(let values): return .booleans(values.picking(slots))
    case .longs(let values): return .longs(values.picking(slots))
    case .doubles(let values): return .doubles(values.picking(slots))
    case .ordinals(let ordinals, let dictionary, let isSorted): return .ordinals(ordinals.picking(slots), dictionary, isSorted: isSorted)
    case .bytes(let values):
      let builder = BytesVectorBuilder(capacity: slots.count)
      for slot in slots { builder.append(values[Swift.max(0, slot)]) }
      return .bytes(builder.finish())
    }
  }
}

extension Vector {
  fileprivate func picking(_ slots: [Int]) -> Vector {
    Vector(count: slots.count) { target in
      for (index, slot) in slots.enumerated() { (target + index).initialize(to: self[Swift.max(0, slot)]) }
    }
  }
}
