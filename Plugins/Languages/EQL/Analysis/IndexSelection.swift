import Meanwhile
import MeanwhileData

/// Finds the indices that a search names: a comma list of names, aliases and patterns, where `-` in front takes away.
struct IndexSelection {
  let store: any IndexStore

  /// The definitions, sorted by name, and what of each is searched.
  ///
  /// - Throws: `index_not_found_exception` (404) where nothing is left, or where a name is not there and that is not to be ignored.
  func select(for request: EQLRequest) async throws -> (definitions: [IndexDefinition], targets: [IndexResolver.Target]) {
    let all = try await store.indices()
    let targets = try IndexResolver(all, access: store.access).targets(of: request.indices, options: request.indicesOptions)
      .sorted { $0.name < $1.name }
    guard !targets.isEmpty else { throw Self.notFound(request.indices) }
    let definitions = Dictionary(uniqueKeysWithValues: all.map { ($0.definition.name, $0.definition) })
    return (targets.compactMap { definitions[$0.name] }, targets)
  }

  private static func notFound(_ indices: String) -> APIError {
    let unknown = "Unknown index [\(indices)]"
    var error = APIError.indexNotFound(unknown)
    error.rootCauses = [.verification(["line -1:-1: \(unknown)"])]
    return error
  }
}
