import Meanwhile
import MeanwhileData

/// The right side of a join, ready to be matched: its rows, found by the bytes of their keys.
struct JoinTable: Sendable {
  private let right: Page
  private let index: KeyIndex
  private let leftKeys: [CompiledExpression]
  /// Over the left side's columns, then the right side's.
  private let condition: CompiledExpression?
  /// Channels of the right side that are added, with their types.
  private let added: [(channel: Int, type: DataType)]
  private let matches: Plan.Join.Matches
  private let severalValues: Plan.Join.SeveralValues
  private let nullsMatch: Bool
  private let origin: Expression.Origin
  /// Rows of the right side whose key has several values where that is refused: a match with one is only warned of.
  private let refusedRows: Bitmap?

  /// No row of the right side.
  private static let noRow = UInt32.max

  init(
    _ join: Plan.Join, _ right: Page, _ rightLayout: [Attribute], leftLayout: [Attribute], columns: [Attribute], _ frame: EvaluationFrame
  ) throws {
    self.right = right
    matches = join.matches
    severalValues = join.severalValues
    nullsMatch = join.nullsMatch
    origin = join.origin
    added = try columns.map { column in
      guard let channel = rightLayout.firstIndex(of: column) else {
        throw APIError.internalFailure("the join lacks the column [\(column.name)]")
      }
      return (channel, column.type)
    }
    do {
      var leftKeys: [CompiledExpression] = []
      var rightKeys: [CompiledExpression] = []
      for key in join.keys {
        leftKeys.append(try CompiledExpression(key.left, layout: leftLayout))
        rightKeys.append(try CompiledExpression(key.right, layout: rightLayout))
      }
      self.leftKeys = leftKeys
      condition = try join.condition.map { condition throws(FunctionError) in
        try CompiledExpression(condition, layout: leftLayout + rightLayout)
      }
      let keys = try rightKeys.map { try $0.evaluate(frame.over(right)) }
      let encoded = BytesVectorBuilder(capacity: right.rowCount)
      let rows = VectorBuilder<UInt32>(capacity: right.rowCount)
      var refused = [Bool](repeating: false, count: right.rowCount)
      for row in 0..<right.rowCount {
        if case .refused = join.severalValues { refused[row] = keys.contains { $0.slots(ofRow: row).count > 1 } }
        Self.forEachKey(of: row, keys, nullsMatch: join.nullsMatch) { key in
          encoded.append(key)
          rows.append(UInt32(truncatingIfNeeded: row))
        }
      }
      index = KeyIndex(keys: encoded.finish(), rows: rows.finish())
      refusedRows = refused.contains(true) ? Bitmap(count: right.rowCount) { refused[$0] } : nil
    } catch let error as FunctionError {
      throw APIError.internalFailure(error.message)
    }
  }

  // MARK: - Keys

  /// Every key of a row: one, or with several values one for each combination of them; none where a value is null and nulls do not match.
  private static func forEachKey(of row: Int, _ columns: [Column], nullsMatch: Bool, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    var keys: [[UInt8]] = [[]]
    for column in columns {
      let slots = column.slots(ofRow: row)
      let bytes = BytesSlots(column)
      if slots.isEmpty {
        guard nullsMatch else { return }
        for index in keys.indices { keys[index].append(0) }
        continue
      }
      var longer: [[UInt8]] = []
      for slot in slots {
        let part = VectorBuilder<UInt8>(capacity: 16)
        part.append(1)
        part.append(slot, of: column, bytes)
        for key in keys { longer.append(key + part.buffer) }
      }
      keys = longer
    }
    for key in keys { key.withUnsafeBufferPointer(body) }
  }

  // MARK: - Matching

  /// Finds the rows of the right side for a batch.
  ///
  /// - Parameter emit: is given the batch with its new columns, in parts; says whether more is wanted.
  /// - Returns: whether more is wanted.
  func join(_ page: Page, _ frame: EvaluationFrame, _ emit: (Page) throws -> Bool) throws -> Bool {
    var frame = frame.over(page)
    frame.origin = origin
    let keys = try leftKeys.map { try $0.evaluate(frame) }
    var pairs = Pairs()
    for row in 0..<page.rowCount {
      find(row, keys, frame, &pairs)
      // Rows with many matches come out in parts, so that a batch does not grow without end.
      if pairs.lefts.count >= Page.rowCountMax {
        guard try emit(try output(page, pairs, frame)) else { return false }
        pairs = Pairs()
      }
    }
    return pairs.lefts.isEmpty ? true : try emit(try output(page, pairs, frame))
  }

  /// Rows of the left side beside rows of the right side, by left row.
  private struct Pairs {
    var lefts: [UInt32] = []
    var rights: [UInt32] = []
  }

  private func find(_ row: Int, _ keys: [Column], _ frame: EvaluationFrame, _ pairs: inout Pairs) {
    let start = pairs.lefts.count
    var isRefused = false
    if case .refused = severalValues { isRefused = keys.contains { $0.slots(ofRow: row).count > 1 } }
    if !isRefused {
      var found: [UInt32] = []
      Self.forEachKey(of: row, keys, nullsMatch: nullsMatch) { key in index.forEachRow(of: key) { found.append($0) } }
      if found.count > 1, keys.contains(where: { $0.mayHaveSeveralValues }) {
        // Several values may find one row several times.
        var seen: Set<UInt32> = []
        found.removeAll { !seen.insert($0).inserted }
      }
      if let refusedRows, found.contains(where: { refusedRows[Int($0)] }) {
        isRefused = true
        found.removeAll { refusedRows[Int($0)] }
      }
      for match in found {
        pairs.lefts.append(UInt32(truncatingIfNeeded: row))
        pairs.rights.append(match)
      }
    }
    if isRefused, case .refused(let detail) = severalValues { frame.warnings.evaluationFailed(at: origin, detail: detail) }
    if pairs.lefts.count == start {
      pairs.lefts.append(UInt32(truncatingIfNeeded: row))
      pairs.rights.append(Self.noRow)
    }
  }

  private func output(_ page: Page, _ pairs: Pairs, _ frame: EvaluationFrame) throws -> Page {
    let pairs = try passing(page, pairs, frame)
    if matches == .values { return gathered(page, pairs) }
    let lefts = Vector(pairs.lefts)
    var result = page.gather(lefts)
    for (channel, type) in added {
      result.columns.append(right.columns[channel].expandedConstant().gather(pairs.rights, missing: Self.noRow, type: type))
    }
    return result
  }

  /// The pairs for which the condition is true; a row that loses all stays with nulls.
  private func passing(_ page: Page, _ pairs: Pairs, _ frame: EvaluationFrame) throws -> Pairs {
    guard let condition else { return pairs }
    let matched = pairs.rights.indices.filter { pairs.rights[$0] != Self.noRow }
    var both = page.gather(Vector(matched.map { pairs.lefts[$0] }))
    let rights = matched.map { pairs.rights[$0] }
    both.columns += right.columns.map { $0.expandedConstant().gather(rights, missing: Self.noRow, type: $0.type) }
    let passed = Selection(where: try condition.evaluate(frame.over(both)))
    var kept = Pairs()
    var isKept = [Bool](repeating: false, count: pairs.lefts.count)
    switch passed {
    case .all: for index in matched { isKept[index] = true }
    case .some(let rows): for place in 0..<rows.count { isKept[matched[Int(rows[place])]] = true }
    }
    var index = 0
    while index < pairs.lefts.count {
      let left = pairs.lefts[index]
      let start = kept.lefts.count
      while index < pairs.lefts.count, pairs.lefts[index] == left {
        if isKept[index] {
          kept.lefts.append(left)
          kept.rights.append(pairs.rights[index])
        }
        index += 1
      }
      if kept.lefts.count == start {
        kept.lefts.append(left)
        kept.rights.append(Self.noRow)
      }
    }
    return kept
  }

  /// One row a left row, with the values of all its matches.
  private func gathered(_ page: Page, _ pairs: Pairs) -> Page {
    var starts: [Int] = []
    for index in pairs.lefts.indices where index == 0 || pairs.lefts[index] != pairs.lefts[index - 1] { starts.append(index) }
    let rows = Vector(starts.map { pairs.lefts[$0] })
    var result = page.gather(rows)
    for (channel, type) in added {
      let column = right.columns[channel].expandedConstant()
      guard starts.count < pairs.rights.count else {
        result.columns.append(column.gather(pairs.rights, missing: Self.noRow, type: type))
        continue
      }
      let slots = VectorBuilder<UInt32>(capacity: pairs.rights.count)
      let offsets = VectorBuilder<UInt32>(capacity: starts.count + 1)
      offsets.append(0)
      for (place, start) in starts.enumerated() {
        for index in start..<(place + 1 < starts.count ? starts[place + 1] : pairs.rights.count) where pairs.rights[index] != Self.noRow {
          for slot in column.slots(ofRow: Int(pairs.rights[index])) { slots.append(UInt32(truncatingIfNeeded: slot)) }
        }
        offsets.append(UInt32(truncatingIfNeeded: slots.count))
      }
      result.columns.append(
        slots.count == 0
          ? .nulls(type, rowCount: starts.count)
          : Column(type: type, rowCount: starts.count, values: column.values.gather(slots.finish()), offsets: offsets.finish()))
    }
    return result
  }
}

extension Column {
  /// The given rows, in the given order; null where a row is `missing`.
  ///
  /// - Precondition: the column is not constant.
  func gather(_ rows: [UInt32], missing: UInt32, type: DataType) -> Column {
    guard !isAllNull, rows.contains(where: { $0 != missing }) else { return .nulls(type, rowCount: rows.count) }
    guard rows.contains(missing) else { return gather(Vector(rows)).retyped(type) }
    if offsets == nil {
      var result = gather(Vector(rows.map { $0 == missing ? 0 : $0 })).retyped(type)
      let nulls = nulls
      result.nulls = Bitmap(count: rows.count) { index in
        rows[index] == missing || nulls.map { $0[Int(rows[index])] } ?? false
      }
      return result
    }
    let slots = VectorBuilder<UInt32>(capacity: rows.count)
    let starts = VectorBuilder<UInt32>(capacity: rows.count + 1)
    starts.append(0)
    for row in rows {
      if row != missing { for slot in self.slots(ofRow: Int(row)) { slots.append(UInt32(truncatingIfNeeded: slot)) } }
      starts.append(UInt32(truncatingIfNeeded: slots.count))
    }
    guard slots.count > 0 else { return .nulls(type, rowCount: rows.count) }
    return Column(type: type, rowCount: rows.count, values: values.gather(slots.finish()), offsets: starts.finish())
  }
}
