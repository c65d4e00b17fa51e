/// Data that a command reads: resolved before analysis, which never waits.
struct SourceReference: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    /// What FROM names: index names and patterns.
    case indices
    /// The one index of a LOOKUP JOIN.
    case lookup
    /// The policy of an ENRICH.
    case policy
  }

  var kind: Kind
  /// Index names and patterns in order, or the one name.
  var names: [String]
  /// Where it is named, for errors.
  var range: SourceRange

  /// What the data is kept by: the same names give the same data wherever they stand.
  struct Key: Sendable, Hashable {
    var kind: Kind
    var names: [String]
  }

  var key: Key { Key(kind: kind, names: names) }
}
