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
    let names = try await names(of: patterns, at: range)
    guard !names.isEmpty else { throw unknown(patterns.joined(separator: ","), at: range) }
    var snapshots: [IndexSnapshot] = []
    for name in names { snapshots.append(try await store.snapshot(of: name)) }
    return ResolvedIndices(snapshots: snapshots)
  }

  private func names(of patterns: [String], at range: SourceRange) async throws -> [String] {
    // One index by its name is the usual case: no need to list all of them.
    if patterns.count == 1, try await store.index(patterns[0]) != nil { return patterns }
    let resolver = IndexResolver(try await store.indices())
    do {
      return try resolver.resolve(patterns.joined(separator: ","))
    } catch {
      throw unknown(error.metadata["index"]?.string ?? patterns.joined(separator: ","), at: range)
    }
  }

  private func unknown(_ name: String, at range: SourceRange) -> APIError {
    .verification(["line \(range.line):\(range.column): Unknown index [\(name)]"])
  }
}
