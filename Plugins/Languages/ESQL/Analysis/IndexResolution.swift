import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// Finds the data behind the names of a query.
struct IndexResolution {
  let store: any IndexStore

  /// Everything that a query's commands read.
  ///
  /// - Throws: `verification_exception` where a name stands for nothing. An index that the caller may not read is no different.
  func resolve(_ sources: [SourceReference]) async throws -> ResolvedSources {
    var resolved = ResolvedSources()
    for source in sources where !resolved.contains(source) {
      switch source.kind {
      case .indices: resolved.add(try await snapshots(of: source.names, at: source.range), for: source)
      case .lookup: resolved.add(try await lookup(source), for: source)
      case .policy: resolved.add(try await policy(source), for: source)
      }
    }
    return resolved
  }

  /// Takes a snapshot of every index that patterns name.
  private func snapshots(of patterns: [String], at range: SourceRange) async throws -> ResolvedIndices {
    let names = try await names(of: patterns, at: range)
    guard !names.isEmpty else { throw unknown(patterns.joined(separator: ","), at: range) }
    var snapshots: [IndexSnapshot] = []
    for name in names { snapshots.append(try await store.snapshot(of: name)) }
    return ResolvedIndices(snapshots: snapshots)
  }

  private func names(of patterns: [String], at range: SourceRange) async throws -> [String] {
    // One index by its name is the usual case: no need to list all of them.
    if patterns.count == 1, store.access.permits(patterns[0]), try await store.index(patterns[0]) != nil { return patterns }
    let resolver = try await store.resolver()
    do {
      return try resolver.resolve(patterns.joined(separator: ","))
    } catch {
      throw unknown(error.metadata["index"]?.string ?? patterns.joined(separator: ","), at: range)
    }
  }

  /// One index in lookup mode.
  private func lookup(_ source: SourceReference) async throws -> ResolvedIndices {
    let found = try await snapshots(of: source.names, at: source.range)
    let name = source.names.joined(separator: ",")
    guard found.snapshots.count == 1, let definition = found.snapshots.first?.definition else {
      throw problem(
        "Lookup Join requires a single lookup mode index; [\(name)] resolves to [\(found.snapshots.count)] indices", at: source.range)
    }
    guard definition.mode == "lookup" else {
      throw problem(
        "Lookup Join requires a single lookup mode index; [\(name)] resolves to a [\(definition.mode)] mode index", at: source.range)
    }
    return found
  }

  private func policy(_ source: SourceReference) async throws -> ResolvedSources.ResolvedPolicy {
    let policies = EnrichPolicies(store)
    let name = source.names[0]
    guard let policy = try await policies.policy(name) else {
      let known = try await policies.all().map(\.name)
      throw problem("cannot find enrich policy [\(name)]" + Suggestions.text(for: name, among: known), at: source.range)
    }
    guard let snapshot = try await policies.snapshot(of: policy) else {
      throw problem("cannot find enrich policy [\(name)]: it has not been executed yet", at: source.range)
    }
    return ResolvedSources.ResolvedPolicy(policy: policy, data: ResolvedIndices(snapshots: [snapshot]))
  }

  private func unknown(_ name: String, at range: SourceRange) -> APIError { problem("Unknown index [\(name)]", at: range) }

  private func problem(_ message: String, at range: SourceRange) -> APIError {
    .verification(["line \(range.line):\(range.column): \(message)"])
  }
}
