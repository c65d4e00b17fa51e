import Meanwhile
import Testing

@testable import MeanwhileData

@Suite struct InvertedIndexTests {
  private static let words = ["sea", "storm", "night", "river", "stone", "a", "ü", "Größe", "light42"]

  /// A text column: some rows without a value, some with several, some words often.
  private func texts(_ rowCount: Int, _ random: inout some RandomNumberGenerator) -> [[String]] {
    (0..<rowCount).map { row in
      (0..<[0, 1, 1, 1, 2, 3][Int.random(in: 0..<6, using: &random)]).map { _ in
        let length = row % 97 == 0 ? 400 : Int.random(in: 0...12, using: &random)
        return (0..<length).map { _ in Self.words.randomElement(using: &random) ?? "" }.joined(separator: " ")
      }
    }
  }

  private func column(_ texts: [[String]]) throws -> Column {
    let accumulator = ColumnAccumulator(type: .text)
    for (row, values) in texts.enumerated() {
      for var text in values { text.withUTF8 { accumulator.append(bytes: $0, row: row) } }
    }
    return try #require(accumulator.finish(rowCount: texts.count)?.column)
  }

  /// What an index must say of a term: its positions in each row that has it.
  private func expected(_ term: String, _ texts: [[String]]) -> [(row: Int, positions: [UInt32])] {
    texts.enumerated().compactMap { row, values in
      var position: UInt32 = 0
      var found: [UInt32] = []
      for (number, text) in values.enumerated() {
        if number > 0 { position += InvertedIndex.positionGap }
        for own in Analyzer.standard.terms(of: text) {
          if own == Array(term.utf8) { found.append(position) }
          position += 1
        }
      }
      return found.isEmpty ? nil : (row, found)
    }
  }

  private func check(_ index: InvertedIndex, _ texts: [[String]]) throws {
    #expect(index.documentCount == texts.count { !$0.isEmpty })
    let lengths = texts.map { $0.reduce(0) { $0 + Analyzer.standard.terms(of: $1).count } }
    #expect(index.termCount == lengths.reduce(0, +))
    #expect((0..<index.norms.count).map { index.norms[$0] } == lengths.map(NormCode.encode))
    for word in Self.words {
      var term = word.lowercased()
      let found = term.withUTF8 { index.find($0) }
      let place = try #require(found)
      let postings = try index.postings(ofTerm: place)
      let positions = try index.positions(ofTerm: place, postings)
      let wanted = expected(term, texts)
      #expect((0..<postings.count).map { postings.rows[$0] } == wanted.map { UInt32($0.row) })
      #expect((0..<postings.count).map { postings.frequencies[$0] } == wanted.map { UInt32($0.positions.count) })
      #expect((0..<positions.count).map { positions[$0] } == wanted.flatMap(\.positions))
      #expect(index.documentCount(ofTerm: place) == wanted.count)
    }
    var none = "nothing"
    #expect(none.withUTF8 { index.find($0) } == nil)
  }

  @Test func `an index has the rows, frequencies and positions of every term`() throws {
    var random = SystemRandomNumberGenerator()
    for rowCount in [1, 7, 300, 5_000] {
      var texts = texts(rowCount, &random)
      texts[0] = [Self.words.joined(separator: ", ")]
      let index = try InvertedIndexBuilder.index(of: try column(texts), analyzer: .standard)
      try check(try #require(index), texts)
    }
  }

  @Test func `an index is the same from texts that repeat and from texts that do not`() throws {
    let texts = (0..<10_000).map { [$0 % 2 == 0 ? Self.words.joined(separator: " ") : "storm number storm \($0 % 5)"] }
    let repeating = try column(texts)
    guard case .ordinals(let ordinals, let dictionary, _) = repeating.values else {
      Issue.record("the texts have no dictionary")
      return
    }
    let plain = BytesVectorBuilder()
    for ordinal in ordinals.buffer { plain.append(dictionary[Int(ordinal)]) }
    var distinct = repeating
    distinct.values = .bytes(plain.finish())
    for column in [repeating, distinct] {
      let index = try InvertedIndexBuilder.index(of: column, analyzer: .standard)
      try check(try #require(index), texts)
    }
  }

  @Test(arguments: [false, true]) func `indexes merge into the index of the rows that are kept`(deletes: Bool) throws {
    var random = SystemRandomNumberGenerator()
    var parts: [InvertedIndexMerger.Part] = []
    var kept: [[String]] = []
    for rowCount in [300, 1, 5_000] {
      var own = texts(rowCount, &random)
      own[0] = [Self.words.joined(separator: ", "), "of its own \(rowCount)"]
      // A word that goes with its only row.
      if rowCount > 1 { own[1] = ["gone\(rowCount)"] }
      let index = try #require(try InvertedIndexBuilder.index(of: try column(own), analyzer: .standard))
      let rows = own.indices.map { row -> Int32 in
        guard !deletes || row == 0 || row > 1 && Bool.random(using: &random) else { return -1 }
        kept.append(own[row])
        return Int32(kept.count - 1)
      }
      parts.append(InvertedIndexMerger.Part(index, rows: rows))
    }
    // Rows of a segment that has no text.
    kept += [[], []]
    let documentCount = kept.count { !$0.isEmpty }
    let merged = try #require(try InvertedIndexMerger.merge(parts, rowCount: kept.count, documentCount: documentCount))
    try check(merged, kept)
    let whole = try #require(try InvertedIndexBuilder.index(of: try column(kept), analyzer: .standard))
    #expect((0..<merged.terms.count).map { Array(merged.terms[$0]) } == (0..<whole.terms.count).map { Array(whole.terms[$0]) })
    #expect(Array(merged.rows.bytes.buffer) == Array(whole.rows.bytes.buffer))
    #expect(Array(merged.positions.bytes.buffer) == Array(whole.positions.bytes.buffer))
  }

  @Test func `segments that are merged keep their indexes, where one has any`() throws {
    var random = SystemRandomNumberGenerator()
    var views: [SegmentView] = []
    var kept: [[String]] = []
    for rowCount in [40, 900] {
      var own = texts(rowCount, &random)
      own[0] = [Self.words.joined(separator: ", ")]
      var columns = SegmentColumns(rowCount: rowCount)
      columns.add(try column(own), summary: Segment.FieldSummary(type: .text, rowsWithValue: 0, valueCount: 0), at: "t")
      let places = Vector((0..<rowCount).map { Int64($0) })
      let ids = BytesVectorBuilder()
      for row in 0..<rowCount { ids.append("\(row)") }
      let documents = BytesVectorBuilder()
      for _ in 0..<rowCount { documents.append("{}") }
      columns.addMetadata(
        ids: ids.finish(), sources: StoredSources(whole: documents.finish()), versions: places, sequenceNumbers: places)
      views.append(SegmentView(segment: columns.segment()))
      kept += own
    }
    let analyzers = ["t": Analyzer.standard]
    #expect(try !SegmentMerger(views, analyzers: analyzers).segment.hasInvertedIndex("t"))
    _ = try views[1].segment.invertedIndex("t", analyzer: .standard)
    let merged = try SegmentMerger(views, analyzers: analyzers).segment
    #expect(try merged.hasInvertedIndex("t"))
    try check(try #require(try merged.invertedIndex("t", analyzer: .standard)), kept)
  }

  @Test func `an index comes back from a file, and damage in it is an error`() throws {
    var random = SystemRandomNumberGenerator()
    var texts = texts(2_000, &random)
    texts[0] = [Self.words.joined(separator: ", ")]
    var columns = SegmentColumns(rowCount: texts.count)
    columns.add(
      try column(texts), summary: Segment.FieldSummary(type: .text, rowsWithValue: 0, valueCount: 0), at: "t")
    let segment = columns.segment()
    var bytes: [UInt8] = []
    try SegmentCodec.encode(segment, analyzers: ["t": .standard]) { bytes.append(contentsOf: $0) }
    let opened = try SegmentCodec.open(storage(bytes), name: "f")
    try check(try #require(try opened.invertedIndex("t", analyzer: .standard)), texts)
    #expect(try opened.invertedIndex("t", analyzer: .whitespace) == nil)
    var caught = 0
    for _ in 0..<300 {
      var damaged = bytes
      damaged[Int.random(in: 64..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      do {
        let opened = try SegmentCodec.open(storage(damaged), name: "f")
        _ = try opened.column("t")
        let index = try #require(try opened.invertedIndex("t", analyzer: .standard))
        let rows = texts.indices.map { $0 % 3 == 0 ? -1 : Int32($0 - $0 / 3 - 1) }
        _ = try InvertedIndexMerger.merge(
          [InvertedIndexMerger.Part(index, rows: rows)], rowCount: texts.count, documentCount: texts.count)
        try check(index, texts)
      } catch {
        caught += 1
        #expect(error is CorruptData || (error as? APIError)?.reason.contains("[f]") == true)
      }
    }
    #expect(caught > 200)
  }

  private func storage(_ bytes: [UInt8]) -> Storage {
    let base = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 64)
    base.copyMemory(from: bytes, byteCount: bytes.count)
    return Storage(base: UnsafeRawPointer(base), byteCount: bytes.count) { base, _ in base.deallocate() }
  }

  /// Lucene's `SmallFloat.intToByte4`, at the places where it changes.
  @Test func `lengths are exact to 39 and keep four bits beyond`() {
    for length in 0...39 { #expect(NormCode.decode(NormCode.encode(length)) == length) }
    for (length, kept) in [
      (40, 40), (41, 40), (42, 42), (55, 54), (56, 56), (59, 56), (60, 60), (1_000, 984), (Int(Int32.max), 2_013_265_944),
    ] {
      #expect(NormCode.decode(NormCode.encode(length)) == kept, "\(length)")
    }
    #expect(NormCode.encode(.max) == 255)
    for code in UInt8.min ... .max { #expect(NormCode.encode(NormCode.decode(code)) == code) }
  }
}
