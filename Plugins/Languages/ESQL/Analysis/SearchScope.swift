import MeanwhileData
import MeanwhileEngine

/// What full-text functions may search: fields as they are mapped, by the columns that they are here.
struct SearchScope: Sendable {
  /// The indices that are read, for the frequencies that relevance is made of.
  var snapshots: [IndexSnapshot] = []
  /// The paths of the columns that are fields.
  private(set) var paths: [Attribute: String] = [:]
  /// Columns that hold their fields' values as the analysis of texts reads them.
  private(set) var bound: Set<Attribute> = []
  /// What rows are scored by.
  var scored: [SearchQuery] = []

  /// - Parameter isBound: whether the column holds the field's own values.
  mutating func add(_ attribute: Attribute, path: String, isBound: Bool) {
    paths[attribute] = path
    if isBound { bound.insert(attribute) }
  }

  mutating func add(_ other: SearchScope) { snapshots += other.snapshots }
}
