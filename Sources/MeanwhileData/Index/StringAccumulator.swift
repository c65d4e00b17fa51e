/// Collects byte strings: as ordinals into a dictionary while they repeat, as plain bytes once it shows that they do not.
final class StringAccumulator {
  @exclusivity(unchecked) private var table: ByteStringTable?
  private let ordinals = VectorBuilder<UInt32>()
  private let plain = BytesVectorBuilder(capacity: 0)
  private var hasDiscarded = false
  /// The number of values at which to look again whether the dictionary pays.
  @exclusivity(unchecked) private var nextCheck = 4096

  /// A dictionary pays while it holds fewer than one entry in two values.
  private static let entriesPerValueMax = 2

  /// - Parameter isUsed: false for the field of another layout, which then pays nothing.
  init(isUsed: Bool = true) {
    table = isUsed ? ByteStringTable() : nil
  }

  @inline(__always)
  func append(_ value: UnsafeBufferPointer<UInt8>) {
    guard let table else {
      plain.append(value)
      return
    }
    ordinals.append(table.ordinal(of: value))
    if ordinals.count == nextCheck { check(table) }
  }

  private func check(_ table: ByteStringTable) {
    nextCheck *= 2
    guard table.count * Self.entriesPerValueMax > ordinals.count else { return }
    let bytes = table.strings.bytes.buffer
    for ordinal in ordinals.buffer {
      let start = Int(table.strings.offsets[Int(ordinal)])
      plain.append(UnsafeBufferPointer(rebasing: bytes[start..<Int(table.strings.offsets[Int(ordinal) + 1])]))
    }
    self.table = nil
    ordinals.truncate(to: 0)
  }

  func truncate(to count: Int) {
    hasDiscarded = true
    ordinals.truncate(to: count)
    guard plain.count > count else { return }
    plain.bytes.truncate(to: Int(plain.offsets[count]))
    plain.offsets.truncate(to: count + 1)
  }

  var byteCount: Int { (table?.byteCount ?? 0) + ordinals.byteCount + plain.byteCount }

  // MARK: Finishing

  /// One slot a row.
  ///
  /// - Parameter rows: the row of each value; nil where value `i` is row `i`'s.
  func finish(rows: VectorBuilder<UInt32>?, rowCount: Int) -> Column.Values {
    guard let table else { return .bytes(finishPlain(rows: rows, rowCount: rowCount)) }
    let (dictionary, places) = sorted(table)
    let slots = Vector<UInt32>(count: rowCount) { target in
      target.initialize(repeating: 0, count: rowCount)
      for index in 0..<ordinals.count { target[rows.map { Int($0[index]) } ?? index] = places[Int(ordinals[index])] }
    }
    return .ordinals(slots, dictionary, isSorted: true)
  }

  private func finishPlain(rows: VectorBuilder<UInt32>?, rowCount: Int) -> BytesVector {
    guard let rows, plain.count < rowCount else {
      while plain.count < rowCount { plain.endValue() }
      return plain.finish()
    }
    let offsets = VectorBuilder<UInt32>(capacity: rowCount + 1)
    offsets.append(0)
    // Values come in the order of their rows, so the bytes stay and only the offsets are spread.
    for index in 0..<plain.count {
      while offsets.count <= Int(rows[index]) { offsets.append(plain.offsets[index]) }
      offsets.append(plain.offsets[index + 1])
    }
    while offsets.count <= rowCount { offsets.append(plain.offsets[plain.count]) }
    return BytesVector(offsets: offsets.finish(), bytes: plain.bytes.finish())
  }

  /// Several values a row: sorted within it and without repetitions, or in the order they came.
  func finish(starts: Vector<UInt32>, rowCount: Int, keepsOrder: Bool) -> (Column.Values, Vector<UInt32>) {
    let kept = VectorBuilder<UInt32>(capacity: rowCount + 1)
    kept.append(0)
    if let table {
      let (dictionary, places) = sorted(table)
      for index in 0..<ordinals.count { ordinals[index] = places[Int(ordinals[index])] }
      var filled = 0
      for row in 0..<rowCount {
        let range = Int(starts[row])..<Int(starts[row + 1])
        if range.count > 1, !keepsOrder { ordinals.sort(range) }
        let first = filled
        for index in range {
          let ordinal = ordinals[index]
          if !keepsOrder, filled > first, ordinals[filled - 1] == ordinal { continue }
          ordinals[filled] = ordinal
          filled += 1
        }
        kept.append(UInt32(truncatingIfNeeded: filled))
      }
      ordinals.truncate(to: filled)
      return (.ordinals(ordinals.finish(), dictionary, isSorted: true), kept.finish())
    }
    let source = plain.finish()
    if keepsOrder { return (.bytes(source), starts) }
    let out = BytesVectorBuilder(capacity: source.count)
    for row in 0..<rowCount {
      let range = Int(starts[row])..<Int(starts[row + 1])
      let order = range.count > 1 ? range.sorted { ByteOrder.isLess(source[$0], source[$1]) } : Array(range)
      var previous: Int?
      for index in order {
        if let previous, ByteOrder.isEqual(source[previous], source[index]) { continue }
        out.append(source[index])
        previous = index
      }
      kept.append(UInt32(truncatingIfNeeded: out.count))
    }
    return (.bytes(out.finish()), kept.finish())
  }

  private func sorted(_ table: ByteStringTable) -> (strings: BytesVector, places: Vector<UInt32>) {
    guard hasDiscarded else { return table.sorted() }
    // What was taken back may have left entries that no value has.
    var used = [Bool](repeating: false, count: table.count)
    for ordinal in ordinals.buffer { used[Int(ordinal)] = true }
    return table.sorted { used[$0] }
  }
}
