import MeanwhileData

/// The data that a query's commands read, each as it is at one moment.
struct ResolvedSources: Sendable {
  private var indices: [SourceReference.Key: ResolvedIndices] = [:]
  private var policies: [SourceReference.Key: ResolvedPolicy] = [:]

  /// An executed enrich policy and what it gathered.
  struct ResolvedPolicy: Sendable {
    var policy: EnrichPolicy
    var data: ResolvedIndices
  }

  init() {}

  mutating func add(_ found: ResolvedIndices, for source: SourceReference) { indices[source.key] = found }
  mutating func add(_ found: ResolvedPolicy, for source: SourceReference) { policies[source.key] = found }
  func contains(_ source: SourceReference) -> Bool { indices[source.key] != nil || policies[source.key] != nil }

  /// What FROM or LOOKUP JOIN reads.
  func indices(of source: SourceReference) -> ResolvedIndices? { indices[source.key] }

  /// Which index has which type of a field that has several.
  func conflicts(of field: String) -> [(type: String, indices: [String])] {
    for found in indices.values {
      if let conflicts = found.fields().first(where: { $0.name == field })?.conflicts, !conflicts.isEmpty { return conflicts }
    }
    return []
  }

  func policy(of source: SourceReference) -> ResolvedPolicy? { policies[source.key] }
}
