/// Makes the ``InvertedIndex`` of a text column, row by row, in memory that grows with the index and not with the text.
struct InvertedIndexBuilder {
  private let table = ByteStringTable()
  private let pool = PostingsPool()
  private let states = VectorBuilder<TermState>()
  private let norms: VectorBuilder<UInt8>
  private var documentCount = 0
  private var termCount = 0

  /// What is known of a term so far.
  private struct TermState: BitwiseCopyable {
    /// Row plus one; 0 before the first.
    var lastRow: UInt32 = 0
    /// How often the term came in its last row, whose entry is not written yet.
    var frequency: UInt32 = 0
    var lastPosition: UInt32 = 0
    /// The row before the last, plus one: what the last row's entry counts from.
    var rowBefore: UInt32 = 0
    var documentCount: UInt32 = 0
    var rows = PostingsPool.Run()
    var positions = PostingsPool.Run()
  }

  /// An index larger than this is not made: what a run's place takes is 32 bits.
  static let byteCountMax = 2 << 30

  private init(rowCount: Int) {
    norms = VectorBuilder(capacity: rowCount)
  }

  /// The index of a column's texts; nil where it would be too large, or the column has no texts.
  ///
  /// - Parameter checkpoint: called every few thousand rows; throws to stop.
  static func index(of column: Column, analyzer: Analyzer, checkpoint: () throws -> Void = {}) rethrows -> InvertedIndex? {
    guard column.type.layout == .bytes else { return nil }
    var builder = InvertedIndexBuilder(rowCount: column.rowCount)
    switch column.values {
    case .bytes(let texts):
      let scratch = VectorBuilder<UInt8>(capacity: 256)
      guard
        try builder.add(
          column, checkpoint: checkpoint,
          terms: { builder, slot, row in
            var tokens = analyzer.tokens(of: texts[slot], scratch: scratch)
            while tokens.next() != nil { builder.add(builder.ordinal(of: tokens.term), row: row) }
          })
      else { return nil }
    case .ordinals(let ordinals, let dictionary, _):
      // A text that comes again and again is cut once.
      let cut = builder.cut(dictionary, analyzer)
      guard
        try builder.add(
          column, checkpoint: checkpoint,
          terms: { builder, slot, row in
            let text = Int(ordinals[slot])
            for place in Int(cut.starts[text])..<Int(cut.starts[text + 1]) { builder.add(cut.terms[place], row: row) }
          })
      else { return nil }
    default: return nil
    }
    return builder.finish(analyzer)
  }

  // MARK: Rows

  private var length: UInt32 = 0
  private var position: UInt32 = 0

  /// - Returns: false where the index becomes too large.
  private mutating func add(
    _ column: Column, checkpoint: () throws -> Void, terms: (inout InvertedIndexBuilder, _ slot: Int, _ row: UInt32) -> Void
  ) rethrows -> Bool {
    for row in 0..<column.rowCount {
      if row % 4_096 == 0 {
        try checkpoint()
        if pool.byteCount + table.byteCount > Self.byteCountMax { return false }
      }
      (length, position) = (0, 0)
      let slots = column.slots(ofRow: row)
      for slot in slots {
        if slot != slots.lowerBound { position &+= InvertedIndex.positionGap }
        terms(&self, slot, UInt32(truncatingIfNeeded: row))
      }
      if !slots.isEmpty { documentCount += 1 }
      termCount += Int(length)
      norms.append(NormCode.encode(Int(length)))
    }
    return true
  }

  private func ordinal(of term: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let ordinal = table.ordinal(of: term)
    if Int(ordinal) == states.count { states.append(TermState()) }
    return ordinal
  }

  private mutating func add(_ term: UInt32, row: UInt32) {
    // In place: a state is too long to be copied for every term.
    let state = states.base + Int(term)
    if state.pointee.lastRow != row &+ 1 {
      flush(&state.pointee)
      state.pointee.rowBefore = state.pointee.lastRow
      state.pointee.lastRow = row &+ 1
      state.pointee.frequency = 0
      state.pointee.lastPosition = 0
      state.pointee.documentCount &+= 1
    }
    state.pointee.frequency &+= 1
    pool.append(position &- state.pointee.lastPosition, to: &state.pointee.positions)
    state.pointee.lastPosition = position
    position &+= 1
    length &+= 1
  }

  /// Writes the entry of a term's last row, whose frequency is known now.
  private func flush(_ state: inout TermState) {
    guard state.lastRow > 0 else { return }
    // The first row counts from row 0.
    let delta = state.lastRow &- max(1, state.rowBefore)
    pool.append(delta << 1 | (state.frequency == 1 ? 1 : 0), to: &state.rows)
    if state.frequency > 1 { pool.append(state.frequency, to: &state.rows) }
  }

  /// The terms of each text of a dictionary.
  private func cut(_ dictionary: BytesVector, _ analyzer: Analyzer) -> (starts: VectorBuilder<UInt32>, terms: VectorBuilder<UInt32>) {
    let starts = VectorBuilder<UInt32>(capacity: dictionary.count + 1)
    let terms = VectorBuilder<UInt32>(capacity: dictionary.count * 4)
    let scratch = VectorBuilder<UInt8>(capacity: 256)
    starts.append(0)
    for text in 0..<dictionary.count {
      var tokens = analyzer.tokens(of: dictionary[text], scratch: scratch)
      while tokens.next() != nil { terms.append(ordinal(of: tokens.term)) }
      starts.append(UInt32(truncatingIfNeeded: terms.count))
    }
    return (starts, terms)
  }

  // MARK: Finishing

  private func finish(_ analyzer: Analyzer) -> InvertedIndex {
    let (terms, places) = table.sorted()
    var ordered = [Int](repeating: 0, count: table.count)
    for ordinal in 0..<table.count { ordered[Int(places[ordinal])] = ordinal }
    let rows = VectorBuilder<UInt8>(capacity: pool.byteCount / 2)
    let positions = VectorBuilder<UInt8>(capacity: pool.byteCount / 2)
    let entries = VectorBuilder<UInt32>(capacity: (terms.count + 1) * InvertedIndex.entryWidth)
    func begin(_ documentCount: UInt32) {
      entries.append(documentCount)
      entries.append(UInt32(truncatingIfNeeded: rows.count))
      entries.append(UInt32(truncatingIfNeeded: positions.count))
    }
    for ordinal in ordered {
      var state = states[ordinal]
      flush(&state)
      begin(state.documentCount)
      pool.copy(state.rows, to: rows)
      pool.copy(state.positions, to: positions)
    }
    begin(0)
    return InvertedIndex(
      analyzer: analyzer.name, documentCount: documentCount, termCount: termCount, terms: terms, entries: entries.finish(),
      rows: CheckedBytes(rows.finish()), positions: CheckedBytes(positions.finish()), norms: norms.finish())
  }
}
