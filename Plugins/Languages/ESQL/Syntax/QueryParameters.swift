/// What a request gives for its query's placeholders, in order.
struct QueryParameters: Sendable, Hashable {
  var entries: [Entry] = []

  struct Entry: Sendable, Hashable {
    /// Nil in a list without names.
    var name: String?
    var kind: Kind
    var value: LiteralSyntax
  }

  /// What a parameter is put into the query as.
  enum Kind: Sendable, Hashable {
    /// A constant.
    case value
    /// The name of a column or function.
    case identifier
    /// A name with wildcards.
    case pattern
  }
}
