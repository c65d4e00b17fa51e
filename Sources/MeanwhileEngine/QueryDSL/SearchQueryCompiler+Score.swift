import Meanwhile
import MeanwhileData

extension SearchQueryCompiler {
  /// The score of the documents that a query means: BM25 for terms of texts and keywords, the boost for all else, sums over clauses.
  ///
  /// Collects the statistics that BM25 needs, which reads the searched fields once where their segments have no inverted index.
  ///
  /// - Parameter checkpoint: called every few thousand rows; throws to stop.
  public mutating func score(_ query: SearchQuery, checkpoint: () throws -> Void) throws -> Expression {
    try relevance(query, checkpoint).expression
  }

  private mutating func relevance(_ query: SearchQuery, _ checkpoint: () throws -> Void) throws -> SearchScore {
    if let expanded = expanded(query) { return try relevance(expanded, checkpoint) }
    switch query {
    case .matchNone: return .constant(0)
    case .matchAll(let boost), .terms(_, _, let boost), .exists(_, let boost), .ids(_, let boost), .constantScore(_, let boost):
      return .constant(boost)
    case .range(let range): return .constant(range.boost)
    case .prefix(let text), .wildcard(let text), .regexp(let text): return .constant(text.boost)
    case .term(let term):
      if term.isCaseInsensitive { return .constant(term.boost) }
      let text = Array(FieldValueReader.text(term.value).utf8)
      return try fieldRelevance(term.field, checkpoint) { _ in [text] }.boosted(by: term.boost)
    case .match(let match):
      // What is only like a term has no frequency of its own.
      if match.fuzziness != nil { return SearchScore.constant(match.boost) }
      let text = FieldValueReader.text(match.value)
      return try fieldRelevance(match.field, checkpoint) { variant in
        variant.attribute.type == .text ? try variant.searchAnalyzer(match.analyzer).terms(of: text) : [Array(text.utf8)]
      }.boosted(by: match.boost)
    case .bool(let bool):
      var scores: [SearchScore] = []
      for clause in bool.must { scores.append(try relevance(clause, checkpoint)) }
      for clause in bool.should { scores.append(try relevance(clause, checkpoint).given(try condition(clause))) }
      return SearchScore.sum(scores).boosted(by: bool.boost)
    case .disjunctionMax(let queries, let tieBreaker, let boost):
      var scores: [SearchScore] = []
      for clause in queries { scores.append(try relevance(clause, checkpoint).given(try condition(clause))) }
      return SearchScore.greatest(scores, tieBreaker: tieBreaker).boosted(by: boost)
    }
  }

  private mutating func fieldRelevance(
    _ field: String, _ checkpoint: () throws -> Void, _ terms: (SearchFields.Variant) throws -> [[UInt8]]
  ) throws -> SearchScore {
    let found = variants(of: field)
    var scores: [SearchScore] = []
    for variant in found where variant.attribute.type.isString {
      let analyzer = variant.attribute.type == .text ? variant.analyzer : nil
      var statistics = RelevanceStatistics(terms: TextTest.sorted(try terms(variant)))
      try statistics.collect(
        variant.leaf.path, type: variant.attribute.type, analyzer: analyzer, fields.snapshots, checkpoint: checkpoint)
      let relevance = TextRelevance(statistics)
      scores.append(.relevance(of: variant, relevance, analyzer: analyzer))
    }
    // Numbers, dates and addresses have no frequencies: whoever matches counts 1.
    if scores.isEmpty { return .constant(1) }
    return scores.count == found.count ? .sum(scores) : .sum(scores + [.constant(1)])
  }
}
