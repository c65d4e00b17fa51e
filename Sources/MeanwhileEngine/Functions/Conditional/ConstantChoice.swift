import MeanwhileData

/// `CASE` with constants behind its conditions: every row gets the number of its constant, and no row's values are moved about.
struct ConstantChoice: Sendable {
  /// A row for each condition, and one for the rows that meet none.
  private let options: Column

  /// - Parameters:
  ///   - arguments: condition, value, condition, value, …, and perhaps a value.
  ///   - type: of the result.
  /// - Returns: nil where a value is no constant.
  init?(_ arguments: [ScalarFunction.Argument], type: DataType) {
    var values: [(constant: Value, type: DataType)] = []
    for index in arguments.indices where index % 2 == 1 || index == arguments.count - 1 {
      guard let constant = arguments[index].constant else { return nil }
      values.append((constant, arguments[index].type))
    }
    if arguments.count % 2 == 0 { values.append((.null, .null)) }
    let columns = values.map { Column(constant: $0.constant, type: $0.type, rowCount: 1).typed(type) }
    guard let all = try? Column.concatenation(of: columns, type: type) else { return nil }
    options = all.withDictionary
  }

  /// - Parameter conditions: one for each of the options but the last.
  /// - Returns: nil where conditions must be tried one by one, on the rows that are left: since some row fails, or has several values.
  func evaluate(_ conditions: [CompiledExpression], _ frame: EvaluationFrame) throws -> Column? {
    // Conditions may fail in rows that an earlier one decides, and must not warn of these.
    var quiet = frame
    quiet.warnings = Warnings()
    var columns: [Column] = []
    for condition in conditions {
      let column = try condition.evaluate(quiet)
      guard column.offsets == nil, quiet.warnings.texts.isEmpty else { return nil }
      columns.append(column)
    }
    let rowCount = frame.rowCount
    let choices = Vector<UInt32>(count: rowCount) { target in
      target.initialize(repeating: UInt32(truncatingIfNeeded: conditions.count), count: rowCount)
      // The first condition that is true has the last word.
      for (number, column) in columns.enumerated().reversed() {
        Self.choose(UInt32(truncatingIfNeeded: number), where: column, target, rowCount)
      }
    }
    return options.gather(choices)
  }

  private static func choose(_ number: UInt32, where condition: Column, _ target: UnsafeMutablePointer<UInt32>, _ rowCount: Int) {
    guard case .booleans(let values) = condition.values, values.count > 0 else { return }
    if condition.isConstant {
      if condition.nulls == nil, values[0] != 0 { target.update(repeating: number, count: rowCount) }
      return
    }
    if let nulls = condition.nulls {
      for row in 0..<rowCount where values[row] != 0 && !nulls[row] { target[row] = number }
    } else {
      let base = values.base
      withExtendedLifetime(values) {
        for row in 0..<rowCount { target[row] = base[row] != 0 ? number : target[row] }
      }
    }
  }
}

extension Column {
  /// Texts as ordinals of a dictionary, so that rows that share a text share its bytes.
  fileprivate var withDictionary: Column {
    guard case .bytes(let values) = self.values else { return self }
    let table = BytesKeyTable()
    let ordinals = Vector<UInt32>(count: values.count) { target in
      for slot in 0..<values.count { target[slot] = table.number(of: values[slot]) }
    }
    var column = self
    column.values = .ordinals(ordinals, table.snapshot(), isSorted: false)
    return column
  }
}
