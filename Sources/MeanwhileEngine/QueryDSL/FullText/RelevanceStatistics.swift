import Meanwhile
import MeanwhileData

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What BM25 needs to know of a field over all documents: how many have it, how long its texts are, and how many have each of a query's terms.
///
/// Collected at query time over all indices that are searched: from the inverted indexes of their segments, or by a pass over the column where a segment has none. Deleted
/// documents count until their segment is merged, as in Lucene.
struct RelevanceStatistics: Sendable {
  /// Documents that have the field.
  var documentCount = 0
  /// Terms in all of them.
  var termCount = 0
  /// Of each term asked for, the documents that have it.
  var documentsWithTerm: [Int]

  /// The different terms, ascending.
  let terms: BytesVector

  init(terms: BytesVector) {
    self.terms = terms
    documentsWithTerm = [Int](repeating: 0, count: terms.count)
  }

  var averageLength: Double { documentCount > 0 ? max(1, Double(termCount) / Double(documentCount)) : 1 }

  /// Lucene's inverse document frequency: `ln(1 + (N - n + 0.5) / (n + 0.5))`.
  func inverseFrequency(_ term: Int) -> Double {
    let found = Double(documentsWithTerm[term])
    return log1p((Double(max(documentCount, documentsWithTerm[term])) - found + 0.5) / (found + 0.5))
  }

  private mutating func add(_ index: InvertedIndex) {
    documentCount += index.documentCount
    termCount += index.termCount
    for term in 0..<terms.count { documentsWithTerm[term] += index.find(terms[term]).map { index.documentCount(ofTerm: $0) } ?? 0 }
  }

  /// Reads a field of all documents.
  ///
  /// - Parameters:
  ///   - analyzer: cuts texts; nil for keywords, each of which is a term.
  ///   - checkpoint: called every few thousand rows; throws to stop.
  mutating func collect(
    _ path: String, type: DataType, analyzer: Analyzer?, _ snapshots: [IndexSnapshot], checkpoint: () throws -> Void
  ) throws {
    let scratch = VectorBuilder<UInt8>(capacity: 256)
    var isFound = [Bool](repeating: false, count: terms.count)
    for view in snapshots.flatMap(\.segments) {
      guard view.segment.fields[path]?.type == type else { continue }
      if let analyzer, let index = try view.segment.invertedIndex(path, analyzer: analyzer, checkpoint: checkpoint) {
        add(index)
        continue
      }
      guard let column = try view.segment.column(path) else { continue }
      for row in 0..<view.segment.rowCount {
        if row % 4_096 == 0 { try checkpoint() }
        let slots = column.slots(ofRow: row)
        guard !slots.isEmpty else { continue }
        documentCount += 1
        for index in isFound.indices { isFound[index] = false }
        for slot in slots {
          guard let text = column.bytes(inSlot: slot) else { continue }
          guard let analyzer else {
            termCount += 1
            if let term = terms.index(sorted: text) { isFound[term] = true }
            continue
          }
          var tokens = analyzer.tokens(of: text, scratch: scratch)
          while tokens.next() != nil {
            termCount += 1
            if let term = terms.index(sorted: tokens.term) { isFound[term] = true }
          }
        }
        for term in isFound.indices where isFound[term] { documentsWithTerm[term] += 1 }
      }
    }
  }
}
