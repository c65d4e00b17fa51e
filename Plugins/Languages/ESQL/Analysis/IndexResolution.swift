import Meanwhile
import MeanwhileData

/// Finds the indices behind FROM's patterns.
struct IndexResolution {
  let store: any IndexStore

  /// Takes a snapshot of every index that the patterns name.
  ///
  /// - Parameter range: FROM's place, for the error.
  /// - Throws: `verification_exception`, `Unknown index [x]`. An index that the caller may not read is no different.
  func snapshots(of patterns: [String], at range: SourceRange) async throws -> ResolvedIndices {
    var names: [String] = []
    var summaries: [IndexSummary]?
    for pattern in patterns {
      let isExclusion = pattern.hasPrefix("-")
      if !isExclusion, !pattern.contains("*"), try await store.index(pattern) != nil {
        names.append(pattern)
        continue
      }
      let all: [IndexSummary]
      if let summaries { all = summaries } else { all = try await store.indices() }
      summaries = all
      if isExclusion {
        let excluded = Set(Self.names(matching: String(pattern.dropFirst()), in: all))
        names.removeAll { excluded.contains($0) }
        continue
      }
      let found = Self.names(matching: pattern, in: all)
      // A name that does not exist is an error by itself, a pattern only where nothing is left in the end.
      guard !found.isEmpty || pattern.contains("*") else { throw unknown(pattern, at: range) }
      names.append(contentsOf: found)
    }
    guard !names.isEmpty else { throw unknown(patterns.joined(separator: ","), at: range) }
    var snapshots: [IndexSnapshot] = []
    var seen: Set<String> = []
    for name in names where seen.insert(name).inserted { snapshots.append(try await store.snapshot(of: name)) }
    return ResolvedIndices(snapshots: snapshots)
  }

  private func unknown(_ name: String, at range: SourceRange) -> APIError {
    .verification(["line \(range.line):\(range.column): Unknown index [\(name)]"])
  }

  private static func names(matching pattern: String, in summaries: [IndexSummary]) -> [String] {
    let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
      (index > 0 ? [NamePatternSyntax.Piece.anything] : []) + (part.isEmpty ? [] : [.text(String(part))])
    }
    let glob = NamePatternSyntax(pieces: pieces, range: SourceRange(start: 0, end: 0, line: 0, column: 0))
    return summaries.map(\.definition).filter { definition in
      // Hidden indices are found by a pattern that begins with their dot only.
      let isVisible = !definition.name.hasPrefix(".") || pattern.hasPrefix(".")
      return isVisible && glob.matches(definition.name) || definition.aliases.names.contains { glob.matches($0) }
    }.map(\.name)
  }
}
