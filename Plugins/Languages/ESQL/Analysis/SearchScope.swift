import MeanwhileData
import MeanwhileEngine

/// What full-text functions may search: fields as they are mapped, by the columns that they are here.
struct SearchScope: Sendable {
  /// The indices that are read, for the frequencies that relevance is made of.
  var snapshots: [IndexSnapshot] = []
  /// The paths of the columns that are fields.
  private(set) var paths: [Attribute: String] = [:]
  /// What rows are scored by.
  var scored: [SearchQuery] = []

  mutating func add(_ attribute: Attribute, path: String) { paths[attribute] = path }

  mutating func add(_ other: SearchScope) { snapshots += other.snapshots }
}
