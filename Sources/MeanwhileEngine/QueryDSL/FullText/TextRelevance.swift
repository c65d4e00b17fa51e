import MeanwhileData

/// BM25 of a field for the terms of a query (k1 = 1.2, b = 0.75, with the constant factor k1 + 1, as Elasticsearch has it).
struct TextRelevance: Sendable {
  /// The different terms, ascending.
  let terms: BytesVector
  /// For each term, what it adds where it comes infinitely often.
  private let weights: [Double]
  private let averageLength: Double

  private static let saturation = 1.2
  private static let lengthShare = 0.75

  init(_ statistics: RelevanceStatistics) {
    terms = statistics.terms
    weights = (0..<statistics.terms.count).map { (Self.saturation + 1) * statistics.inverseFrequency($0) }
    averageLength = statistics.averageLength
  }

  /// What one term adds.
  @inline(__always)
  private func part(_ term: Int, _ frequency: Double, _ norm: Double) -> Double { weights[term] * frequency / (frequency + norm) }

  /// How much a text's length dampens its terms.
  private func norm(length: Int) -> Double {
    Self.saturation * (1 - Self.lengthShare + Self.lengthShare * Double(length) / averageLength)
  }

  /// The scores of all rows of a segment.
  func scores(of index: InvertedIndex, rowCount: Int) throws -> Vector<Double> {
    let norms = (0...UInt8.max).map { norm(length: NormCode.decode($0)) }
    return try Vector<Double>(count: rowCount) { target in
      target.initialize(repeating: 0, count: rowCount)
      for term in 0..<terms.count {
        guard let place = index.find(terms[term]) else { continue }
        let postings = try index.postings(ofTerm: place)
        for found in 0..<postings.count {
          let row = Int(postings.rows[found])
          target[row] += part(term, Double(postings.frequencies[found]), norms[Int(index.norms[row])])
        }
      }
    }
  }

  /// The scores of some rows by their values.
  ///
  /// - Parameter analyzer: cuts texts; nil for keywords, each of which is a term, and whose number counts for nothing.
  func scores(of column: Column, analyzer: Analyzer?) -> Vector<Double> {
    var frequencies = [Int](repeating: 0, count: terms.count)
    let scratch = VectorBuilder<UInt8>(capacity: 256)
    return Vector<Double>(count: column.rowCount) { target in
      for row in 0..<column.rowCount {
        let length = column.countTerms(terms, row: row, analyzer: analyzer, scratch, into: &frequencies)
        // In an index, lengths are kept in one byte; a segment without one must not score otherwise.
        let norm = analyzer == nil ? Self.saturation : norm(length: NormCode.decode(NormCode.encode(length)))
        var score = 0.0
        for term in frequencies.indices where frequencies[term] > 0 { score += part(term, Double(frequencies[term]), norm) }
        (target + row).initialize(to: score)
      }
    }
  }
}

extension Column {
  /// Counts how often each of some terms comes in a row.
  ///
  /// - Returns: how many terms the row has.
  fileprivate func countTerms(
    _ terms: BytesVector, row: Int, analyzer: Analyzer?, _ scratch: VectorBuilder<UInt8>, into frequencies: inout [Int]
  ) -> Int {
    for index in frequencies.indices { frequencies[index] = 0 }
    var length = 0
    for slot in slots(ofRow: row) {
      guard let text = bytes(inSlot: slot) else { continue }
      guard let analyzer else {
        length += 1
        if let term = terms.index(sorted: text) { frequencies[term] = 1 }
        continue
      }
      var tokens = analyzer.tokens(of: text, scratch: scratch)
      while tokens.next() != nil {
        length += 1
        if let term = terms.index(sorted: tokens.term) { frequencies[term] += 1 }
      }
    }
    return length
  }
}
