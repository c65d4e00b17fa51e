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
    /// Patterns match anything at all; without it a pattern is a name that does not exist.
    public var expandWildcards = true

    public init() {}

    /// The options of a request: `ignore_unavailable`, `allow_no_indices`, `expand_wildcards`.
    ///
    /// - Throws: `illegal_argument_exception` (400) for a value that is none.
    public init(_ parameters: Parameters) throws(APIError) {
      ignoreUnavailable = try parameters.bool("ignore_unavailable") ?? false
      allowNoIndices = try parameters.bool("allow_no_indices") ?? true
      guard let expand = parameters["expand_wildcards"] else { return }
      for word in expand.split(separator: ",") {
        switch word {
        case "all": (expandHidden, expandWildcards) = (true, true)
        case "hidden": expandHidden = true
        case "open", "closed": expandWildcards = true
        case "none": expandWildcards = false
        default: throw .illegalArgument("No valid expand wildcard value [\(word)]")
        }
      }
    }

    /// The parameters that ``init(_:)`` reads, for routes.
    public static let parameterNames = ["ignore_unavailable", "allow_no_indices", "expand_wildcards"]
  }

  private struct Entry {
    var name: String
    var isHidden: Bool
    var aliases: [String]
  }

  private let entries: [Entry]
  private let nowMillis: Int64
  private let access: IndexNameAccess

  /// - Parameters:
  ///   - indices: all that there are, or that may be seen.
  ///   - nowMillis: the moment that date math in names starts from.
  ///   - access: which names may be said; patterns mean only those.
  public init(
    _ indices: [IndexSummary], nowMillis: Int64 = SystemTimeSource().now().milliseconds, access: IndexNameAccess = .unrestricted
  ) {
    self.nowMillis = nowMillis
    self.access = access
    entries = indices.map { index in
      Entry(name: index.definition.name, isHidden: index.definition.isHidden, aliases: index.definition.aliases.names)
    }
  }

  /// The concrete names, each once, in the order of the expression and sorted within a pattern. An empty expression, `_all` and `*` are all indices.
  ///
  /// - Throws: `index_not_found_exception` (404) as the options say; `illegal_argument_exception` (400) for an expression that is none;
  ///   `security_exception` (403) for a name that the caller may not say, whether it is there or not.
  public func resolve(_ expression: String, options: Options = Options()) throws(APIError) -> [String] {
    let parts = expression.split(separator: ",", omittingEmptySubsequences: true).map(String.init)
    var found: [String] = []
    var sawPattern = false
    for written in parts.isEmpty ? ["_all"] : parts {
      let part = try IndexName.resolvingDateMath(written, nowMillis: nowMillis)
      if part.hasPrefix("-"), sawPattern {
        let excluded = String(part.dropFirst())
        let names = Set(matches(excluded, options: Self.withHidden(options)).map(\.name))
        found.removeAll { names.contains($0) }
        continue
      }
      let isPattern = part == "_all" || Wildcard.isPattern(part)
      let matched = isPattern && !options.expandWildcards ? [] : matches(part, options: options)
      if isPattern {
        sawPattern = true
        if matched.isEmpty, !options.allowNoIndices { throw .indexNotFound(part) }
      } else if matched.isEmpty {
        if options.ignoreUnavailable { continue }
        try access.require(part)
        throw .indexNotFound(part)
      }
      for entry in matched where !found.contains(entry.name) { found.append(entry.name) }
    }
    if found.isEmpty, !options.allowNoIndices { throw .indexNotFound(expression.isEmpty ? "_all" : expression) }
    return found
  }

  private static func withHidden(_ options: Options) -> Options {
    var all = options
    all.expandHidden = true
    return all
  }

  private func matches(_ part: String, options: Options) -> [Entry] {
    let pattern = part == "_all" ? "*" : part
    guard Wildcard.isPattern(pattern) else {
      return access.permits(pattern) ? entries.filter { $0.name == pattern || $0.aliases.contains(pattern) } : []
    }
    // A pattern that itself begins with a dot means the hidden ones.
    let showsHidden = options.expandHidden || pattern.hasPrefix(".")
    return entries.filter { entry in
      (showsHidden || !entry.isHidden)
        && (entry.aliases + [entry.name]).contains { Wildcard.matches(pattern, $0) && access.permits($0) }
    }
  }
}
