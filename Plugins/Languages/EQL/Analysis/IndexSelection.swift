import Meanwhile
import MeanwhileData

/// Finds the indices that a search names: a comma list of names, aliases and patterns, where `-` in front takes away.
struct IndexSelection {
  let store: any IndexStore

  /// The definitions, sorted by name.
  ///
  /// - Throws: `index_not_found_exception` (404) where nothing is left, or where a name is not there and that is not to be ignored.
  func definitions(for request: EQLRequest) async throws -> [IndexDefinition] {
    let all = try await store.indices()
    let names = Set(try IndexResolver(all, access: store.access).resolve(request.indices, options: request.indicesOptions))
    guard !names.isEmpty else { throw Self.notFound(request.indices) }
    return all.map(\.definition).filter { names.contains($0.name) }.sorted { $0.name < $1.name }
  }

  private static func notFound(_ indices: String) -> APIError {
    let unknown = "Unknown index [\(indices)]"
    var error = APIError.indexNotFound(unknown)
    error.rootCauses = [.verification(["line -1:-1: \(unknown)"])]
    return error
  }
}
