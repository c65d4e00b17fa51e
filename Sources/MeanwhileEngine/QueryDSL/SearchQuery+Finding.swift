import Meanwhile
import MeanwhileData

extension SearchQuery {
  /// The documents that a query means, in no particular order.
  ///
  /// - Parameters:
  ///   - query: all documents where nil.
  ///   - limit: the most documents to find; nil for all.
  /// - Returns: their places; segments are numbered through all snapshots.
  /// - Throws: a failed search (400) for a value that its field cannot have.
  public static func references(
    _ query: SearchQuery?, in snapshots: [IndexSnapshot], limit: Int? = nil, now: Timestamp
  ) async throws -> [DocumentReference] {
    var compiler = SearchQueryCompiler(snapshots, now: now)
    let condition = try query.map { query throws(APIError) in try compiler.condition(query) }
    let document = compiler.metadata("_doc")
    let scan = Plan.scan(Plan.Scan(snapshots: snapshots, columns: compiler.fields.columns, filter: condition))
    let found = Plan.project(limit.map { Plan.limit(scan, $0) } ?? scan, [document])
    let pages = try await Executor(ExecutionContext(settings: QuerySettings(now: now))).pages(found)
    return pages.flatMap { page -> [DocumentReference] in
      guard case .longs(let values)? = page.columns.first?.values else { return [] }
      return (0..<page.rowCount).map { DocumentReference(encoded: values[$0]) }
    }
  }
}
