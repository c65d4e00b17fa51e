import Meanwhile
import MeanwhileData

/// Finds the indices that a search names: a comma list of names, aliases and patterns, where `-` in front takes away.
struct IndexSelection {
  let store: any IndexStore

  /// - Throws: `index_not_found_exception` (404) where nothing is left, or where a name is not there and that is not to be ignored.
  func definitions(for request: EQLRequest) async throws -> [IndexDefinition] {
    let all = try await store.indices().map(\.definition)
    var chosen: [String: IndexDefinition] = [:]
    for name in request.indices.split(separator: ",").map({ $0.trimmingBlanks() }) where !name.isEmpty {
      if name.hasPrefix("-"), name.count > 1 {
        for definition in Self.matching(name.dropFirst(), in: all) { chosen[definition.name] = nil }
        continue
      }
      let found = Self.matching(name == "_all" ? "*" : name, in: all)
      guard !found.isEmpty || name.contains("*") || request.ignoreUnavailable else { throw APIError.indexNotFound(String(name)) }
      for definition in found { chosen[definition.name] = definition }
    }
    guard !chosen.isEmpty else { throw Self.notFound(request.indices) }
    return chosen.values.sorted { $0.name < $1.name }
  }

  /// Hidden indices, whose names begin with a dot, are found by patterns that begin with a dot.
  private static func matching(_ name: some StringProtocol, in all: [IndexDefinition]) -> [IndexDefinition] {
    guard name.contains("*") else { return all.filter { $0.name == name || $0.aliases[String(name)] != nil } }
    guard let pattern = try? TextPattern.wildcard(String(name)) else { return [] }
    return all.filter { definition in
      let isVisible = !definition.name.hasPrefix(".") || name.hasPrefix(".")
      return isVisible && (pattern.matches(definition.name) || definition.aliases.names.contains { pattern.matches($0) })
    }
  }

  private static func notFound(_ indices: String) -> APIError {
    let unknown = "Unknown index [\(indices)]"
    var error = APIError.indexNotFound(unknown)
    error.rootCauses = [.verification(["line -1:-1: \(unknown)"])]
    return error
  }
}

extension StringProtocol {
  /// Without the blanks at both ends.
  fileprivate func trimmingBlanks() -> String {
    let head = drop { $0 == " " }
    return String(head.reversed().drop { $0 == " " }.reversed())
  }
}
