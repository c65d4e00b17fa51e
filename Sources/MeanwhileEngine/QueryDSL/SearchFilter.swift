import Meanwhile
import MeanwhileData

/// A Query DSL condition beside a query of another language: what the `filter` of an ES|QL or EQL request compiles to.
///
/// Add ``columns`` to a ``Plan/Scan``'s columns, and ``condition`` to its filter.
public struct SearchFilter: Sendable {
  public var columns: [Plan.Scan.Column]
  public var condition: Expression

  /// - Parameters:
  ///   - query: parsed by ``SearchQuery/init(parsing:at:)``.
  ///   - snapshots: what the scan reads.
  ///   - now: the moment of `now`.
  /// - Throws: a failed search (400) for a value that its field cannot have.
  public init(_ query: SearchQuery, over snapshots: [IndexSnapshot], now: Timestamp) throws(APIError) {
    var compiler = SearchQueryCompiler(snapshots, now: now)
    condition = try compiler.condition(query)
    columns = compiler.fields.columns
  }
}
