/// Makes one inverted index of several: postings are copied, and no text is cut again.
///
/// Terms are merged in their order, as sorted runs are. Where no row of an index is left out, all its rows move by one distance, and of a term's bytes
/// only the first number changes, which says how far its first row is from the row before; positions count within a row and stay as they are.
struct InvertedIndexMerger {
  /// One of the indexes.
  struct Part {
    let index: InvertedIndex
    /// For each of its rows the new one, ascending; -1 for a row left out.
    let rows: [Int32]
    /// Whether all its rows are kept.
    let isWhole: Bool
    /// The next term to merge.
    fileprivate var term = 0

    init(_ index: InvertedIndex, rows: [Int32]) {
      self.index = index
      self.rows = rows
      isWhole = !rows.contains(-1)
    }

    fileprivate var nextTerm: UnsafeBufferPointer<UInt8>? { term < index.terms.count ? index.terms[term] : nil }
  }

  private let rows = VectorBuilder<UInt8>()
  private let positions = VectorBuilder<UInt8>()
  private let entries = VectorBuilder<UInt32>()
  private let terms = BytesVectorBuilder()
  private var termCount = 0
  /// Of the term that is being merged.
  private var lastRow: Int32 = 0
  private var documentCount: UInt32 = 0

  private init() {}

  /// - Parameters:
  ///   - parts: whose rows follow each other, and whose texts the same analyzer cut.
  ///   - rowCount: rows of the new index; those of no part have no text.
  ///   - documentCount: how many of them have a value.
  /// - Returns: nil where there are no parts, or the index would be too large.
  /// - Throws: what a damaged index makes of its damage.
  static func merge(_ parts: [Part], rowCount: Int, documentCount: Int) throws -> InvertedIndex? {
    let byteCount = parts.reduce(0) { $0 + $1.index.rows.bytes.count + $1.index.positions.bytes.count + $1.index.terms.count * 8 }
    guard let analyzer = parts.first?.index.analyzer, byteCount <= InvertedIndexBuilder.byteCountMax else { return nil }
    var merger = InvertedIndexMerger()
    try merger.mergeTerms(of: parts)
    return InvertedIndex(
      analyzer: analyzer, documentCount: documentCount, termCount: merger.termCount, terms: merger.terms.finish(),
      entries: merger.entries.finish(), rows: CheckedBytes(merger.rows.finish()), positions: CheckedBytes(merger.positions.finish()),
      norms: norms(of: parts, rowCount: rowCount))
  }

  private static func norms(of parts: [Part], rowCount: Int) -> Vector<UInt8> {
    let norms = VectorBuilder<UInt8>(capacity: rowCount)
    norms.append(repeating: 0, count: rowCount)
    for part in parts {
      for (row, target) in part.rows.enumerated() where target >= 0 { norms[Int(target)] = part.index.norms[row] }
    }
    return norms.finish()
  }

  // MARK: Terms

  private mutating func mergeTerms(of parts: [Part]) throws {
    var parts = parts
    for part in parts where part.isWhole { termCount += part.index.termCount }
    while let least = parts.indices.filter({ parts[$0].nextTerm != nil }).min(by: { Self.isLess(parts[$0], parts[$1]) }),
      let term = parts[least].nextTerm
    {
      (lastRow, documentCount) = (0, 0)
      let starts = (rows: rows.count, positions: positions.count)
      for number in parts.indices {
        guard let own = parts[number].nextTerm, number == least || ByteOrder.isEqual(own, term) else { continue }
        do throws(CorruptData) { try append(parts[number]) } catch { throw parts[number].index.failure(error) }
        parts[number].term += 1
      }
      guard documentCount > 0 else { continue }  // All rows that had it are left out.
      terms.append(term)
      begin(documentCount, rows: starts.rows, positions: starts.positions)
    }
    begin(0, rows: rows.count, positions: positions.count)
  }

  private static func isLess(_ left: Part, _ right: Part) -> Bool {
    guard let first = left.nextTerm, let second = right.nextTerm else { return false }
    return ByteOrder.isLess(first, second)
  }

  private func begin(_ documentCount: UInt32, rows: Int, positions: Int) {
    entries.append(documentCount)
    entries.append(UInt32(truncatingIfNeeded: rows))
    entries.append(UInt32(truncatingIfNeeded: positions))
  }

  /// Appends what a part has of the term that is its next.
  private mutating func append(_ part: Part) throws(CorruptData) {
    let (index, term) = (part.index, part.term)
    let rows = try index.rows.slice(index.start(ofTerm: term, part: 1)..<index.start(ofTerm: term + 1, part: 1))
    let positions = try index.positions.slice(index.start(ofTerm: term, part: 2)..<index.start(ofTerm: term + 1, part: 2))
    let count = index.documentCount(ofTerm: term)
    // A row takes at least one byte.
    guard count <= rows.count else { throw CorruptData("a term has more rows than bytes") }
    if part.isWhole {
      try copy(rows, count: count, of: part)
      self.positions.append(contentsOf: positions)
    } else {
      try filter(rows, positions, count: count, of: part)
    }
  }

  private mutating func copy(_ bytes: UnsafeBufferPointer<UInt8>, count: Int, of part: Part) throws(CorruptData) {
    guard count > 0, let shift = part.rows.first else { return }
    var reader = VariableLengthReader(bytes)
    let first = reader.next()
    let rest = reader.at
    if first & 1 == 0 { _ = reader.next() }
    var row = first >> 1
    for _ in 1..<count {
      let delta = reader.next()
      if delta & 1 == 0 { _ = reader.next() }
      row &+= delta >> 1
    }
    guard !reader.isOverrun, row < UInt64(part.rows.count), first >> 1 <= row else { throw CorruptData("rows of a term out of order") }
    append(UInt32(truncatingIfNeeded: Int32(truncatingIfNeeded: first >> 1) &+ shift &- lastRow) << 1 | UInt32(first & 1))
    rows.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[rest..<reader.at]))
    lastRow = Int32(truncatingIfNeeded: row) &+ shift
    documentCount &+= UInt32(truncatingIfNeeded: count)
  }

  private mutating func filter(
    _ bytes: UnsafeBufferPointer<UInt8>, _ positions: UnsafeBufferPointer<UInt8>, count: Int, of part: Part
  ) throws(CorruptData) {
    var reader = VariableLengthReader(bytes)
    var row: UInt64 = 0
    var at = 0
    for _ in 0..<count {
      let delta = reader.next()
      let frequency = delta & 1 == 1 ? 1 : Int(truncatingIfNeeded: reader.next())
      row &+= delta >> 1
      guard !reader.isOverrun, row < UInt64(part.rows.count) else { throw CorruptData("rows of a term out of order") }
      let start = at
      var left = frequency
      while left > 0, at < positions.count {
        if positions[at] < 0x80 { left -= 1 }
        at += 1
      }
      guard left == 0 else { throw CorruptData("positions of a term are cut off") }
      let target = part.rows[Int(row)]
      guard target >= 0 else { continue }
      append(UInt32(truncatingIfNeeded: target &- lastRow) << 1 | UInt32(delta & 1))
      if frequency != 1 { append(UInt32(truncatingIfNeeded: frequency)) }
      self.positions.append(contentsOf: UnsafeBufferPointer(rebasing: positions[start..<at]))
      lastRow = target
      documentCount &+= 1
      termCount += frequency
    }
  }

  /// Appends a number to the rows, seven bits a byte, low bits first.
  private func append(_ value: UInt32) {
    var rest = value
    while rest >= 0x80 {
      rows.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    rows.append(UInt8(truncatingIfNeeded: rest))
  }
}
