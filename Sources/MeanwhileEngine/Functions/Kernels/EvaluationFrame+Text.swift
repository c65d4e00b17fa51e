import MeanwhileData

/// What became of each entry of a dictionary: its new ordinal, or ``DictionaryMapping/null``.
struct DictionaryMapping: Sendable {
  static let null = UInt32.max
  var ordinals: Vector<UInt32>
  var dictionary: BytesVector
  var hasNulls: Bool
}

extension EvaluationFrame {
  /// Runs of bytes made from runs of bytes; where there is a dictionary, once an entry: the result has a dictionary again, without repetitions.
  ///
  /// - Parameter body: appends the result to `out`; false means null. It must not fail.
  func mapText(
    _ column: Column, type: DataType, cache: DictionaryCache<DictionaryMapping>,
    _ body: (_ value: UnsafeBufferPointer<UInt8>, _ out: VectorBuilder<UInt8>) -> Bool
  ) -> Column {
    guard let cells = bytes(column) else { return .nulls(type, rowCount: rowCount) }
    if let ordinals = cells.ordinals, !cells.isConstant,
      let mapping = cache.table(of: cells.values, rowCount: rowCount, make: { Self.map($0, body) })
    {
      return mapped(ordinals, mapping, nulls: cells.nulls, type: type)
    }
    let rows = RowSet(count: cells.isConstant ? 1 : rowCount, nulls: cells.nulls, isConstant: cells.isConstant)
    return makeBytes(rows, type: type) { row, out throws(EvaluationFailure) in body(cells[row], out) }
  }

  private static func map(_ dictionary: BytesVector, _ body: (UnsafeBufferPointer<UInt8>, VectorBuilder<UInt8>) -> Bool)
    -> DictionaryMapping
  {
    let table = BytesKeyTable()
    let scratch = VectorBuilder<UInt8>()
    var hasNulls = false
    let ordinals = Vector<UInt32>(count: dictionary.count) { target in
      for entry in 0..<dictionary.count {
        scratch.truncate(to: 0)
        if body(dictionary[entry], scratch) {
          (target + entry).initialize(to: table.number(of: scratch.buffer))
        } else {
          (target + entry).initialize(to: DictionaryMapping.null)
          hasNulls = true
        }
      }
    }
    return DictionaryMapping(ordinals: ordinals, dictionary: table.snapshot(), hasNulls: hasNulls)
  }

  private func mapped(_ ordinals: Vector<UInt32>, _ mapping: DictionaryMapping, nulls: Bitmap?, type: DataType) -> Column {
    guard mapping.dictionary.count > 0 else { return .nulls(type, rowCount: rowCount) }
    let table = mapping.ordinals
    let result = Vector<UInt32>(count: rowCount) { target in
      for row in 0..<rowCount { (target + row).initialize(to: table[Int(ordinals[row])]) }
    }
    guard mapping.hasNulls else {
      return Column(type: type, rowCount: rowCount, values: .ordinals(result, mapping.dictionary, isSorted: false), nulls: nulls)
    }
    let made = Bitmap(count: rowCount) { result[$0] == DictionaryMapping.null }
    let safe = Vector<UInt32>(count: rowCount) { target in
      for row in 0..<rowCount { (target + row).initialize(to: result[row] == DictionaryMapping.null ? 0 : result[row]) }
    }
    return Column(
      type: type, rowCount: rowCount, values: .ordinals(safe, mapping.dictionary, isSorted: false),
      nulls: Self.union(nulls, made.setCount == 0 ? nil : made))
  }

  /// Several arguments of bytes at once; nil where one of them is null in every row.
  func allBytes(_ columns: [Column]) -> (cells: [BytesCells], nulls: Bitmap?, isConstant: Bool)? {
    var cells: [BytesCells] = []
    var nulls: Bitmap?
    var isConstant = true
    var hasNone = false
    // Every argument is looked at, for the warnings that it may be due.
    for column in columns {
      guard let found = bytes(column) else {
        hasNone = true
        continue
      }
      nulls = Self.union(nulls, found.nulls)
      isConstant = isConstant && found.isConstant
      cells.append(found)
    }
    return hasNone ? nil : (cells, nulls, isConstant)
  }
}
