import Meanwhile

/// Turns what a client writes for indices (`logs-*,-logs-old,alias`) into concrete index names.
public struct IndexResolver: Sendable {
  /// What to make of patterns and missing names (Elasticsearch's multi-target options).
  public struct Options: Sendable {
    /// A concrete name that does not exist is left out rather than an error.
    public var ignoreUnavailable = false
    /// A pattern that matches nothing is no error.
    public var allowNoIndices = true
    /// Patterns match hidden indices (whose names begin with a dot) too.
    public var expandHidden = false

    public init() {}
  }
}
