import MeanwhileData

/// Puts a column together from several expressions, each evaluated only for the rows that fall to it.
struct RowChoice {
  private let type: DataType
  private let frame: EvaluationFrame
  /// Rows that have no result yet, as rows of the batch.
  private var open: Selection = .all
  /// The page of the open rows.
  private var page: Page
  private var parts: [(column: Column, rows: Selection)] = []

  init(type: DataType, frame: EvaluationFrame) {
    self.type = type
    self.frame = frame
    page = frame.page
  }

  private var openCount: Int { open.count(of: frame.rowCount) }

  var isComplete: Bool { openCount == 0 }

  /// Evaluates for the open rows.
  func evaluate(_ expression: CompiledExpression) throws -> Column {
    var frame = frame
    frame.rowCount = openCount
    frame.page = page
    return try expression.evaluate(frame)
  }

  /// Some of the open rows take their value from an expression.
  mutating func take(_ expression: CompiledExpression, where taken: Selection) throws {
    guard case .some(let rows) = taken else { return take(try evaluate(expression), where: .all) }
    guard rows.count > 0 else { return }
    var frame = frame
    frame.rowCount = rows.count
    frame.page = page.gather(rows)
    parts.append((try expression.evaluate(frame), open.narrowed(by: taken)))
    close(taken)
  }

  /// Some of the open rows take their value from a column of all open rows.
  mutating func take(_ column: Column, where taken: Selection) {
    switch taken {
    case .all: parts.append((column, open))
    case .some(let rows) where rows.count == 0: return
    case .some(let rows): parts.append((column.gather(rows), open.narrowed(by: taken)))
    }
    close(taken)
  }

  private mutating func close(_ taken: Selection) {
    guard case .some(let rows) = taken else {
      open = .some(.empty)
      return
    }
    let left = VectorBuilder<UInt32>(capacity: openCount)
    var next = 0
    for row in 0..<openCount {
      if next < rows.count, Int(rows[next]) == row { next += 1 } else { left.append(UInt32(truncatingIfNeeded: row)) }
    }
    let rest = left.finish()
    open = open.narrowed(by: .some(rest))
    page = page.gather(rest)
  }

  /// The column; null where no expression fell to a row.
  mutating func finish() throws -> Column {
    if parts.count == 1, case .all = parts[0].rows { return parts[0].column.typed(type) }
    if openCount > 0 { parts.append((.nulls(type, rowCount: openCount), open)) }
    guard parts.count > 1 else { return parts.first?.column.typed(type) ?? .nulls(type, rowCount: frame.rowCount) }
    // Constants of a few parts make a dictionary: no row's bytes are copied.
    let columns =
      parts.contains { !$0.column.isConstant && !$0.column.isAllNull } ? parts.map(\.column) : Self.sharingDictionary(parts.map(\.column))
    let all = try Column.concatenation(of: columns.map { $0.typed(type) }, type: type)
    var place: UInt32 = 0
    let order = Vector<UInt32>(count: frame.rowCount) { target in
      target.initialize(repeating: 0, count: frame.rowCount)
      for part in parts {
        switch part.rows {
        case .all: for row in 0..<frame.rowCount { target[row] = UInt32(truncatingIfNeeded: row) }
        case .some(let rows):
          for index in 0..<rows.count {
            target[Int(rows[index])] = place
            place &+= 1
          }
        }
      }
    }
    return all.gather(order)
  }

  /// Single constant texts as ordinals of one dictionary.
  private static func sharingDictionary(_ columns: [Column]) -> [Column] {
    let table = BytesKeyTable()
    var numbers: [UInt32?] = []
    for column in columns {
      guard !column.isAllNull else {
        numbers.append(nil)
        continue
      }
      let slots = column.slots(ofRow: 0)
      guard slots.count == 1, let bytes = BytesSlots(column) else { return columns }
      numbers.append(table.number(of: bytes[slots.lowerBound]))
    }
    let dictionary = table.snapshot()
    return zip(columns, numbers).map { column, number in
      guard let number else { return column }
      return Column(
        type: column.type, rowCount: column.rowCount, values: .ordinals(Vector([number]), dictionary, isSorted: false), isConstant: true)
    }
  }
}

extension Column {
  /// The values as those of a type that takes them.
  func typed(_ type: DataType) -> Column {
    if isAllNull || !self.type.isNumeric || self.type == type { return retyped(type) }
    guard type == .unsignedLong, case .longs(let values) = self.values else { return widened(to: type) }
    // Kept with the sign bit flipped; what is negative has no place there.
    var column = retyped(type)
    column.values = .longs(
      Vector(count: values.count) { target in
        for slot in 0..<values.count { (target + slot).initialize(to: UnsignedLong.encode(UInt64(clamping: values[slot]))) }
      })
    return column
  }
}
