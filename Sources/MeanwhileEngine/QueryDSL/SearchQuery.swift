import Meanwhile

/// A condition in Query DSL as it was written: names and values are not yet those of any index. Made by ``init(parsing:at:)``, given its meaning by
/// ``SearchQueryCompiler``.
///
/// Any language's `filter` takes one. Its rule for fields with several values is Query DSL's: a document matches if any of them does.
public indirect enum SearchQuery: Sendable {
  case matchAll(boost: Double)
  case matchNone
  case term(FieldText)
  case terms(field: String, values: [JSONValue], boost: Double)
  case range(Range)
  case exists(field: String, boost: Double)
  case prefix(FieldText)
  case wildcard(FieldText)
  case regexp(FieldText)
  case ids(values: [String], boost: Double)
  case match(Match)
  case bool(Bool)
  case constantScore(SearchQuery, boost: Double)
  /// The best score of several queries, and a share of the others'.
  case disjunctionMax([SearchQuery], tieBreaker: Double, boost: Double)

  /// A field and what it is compared with.
  public struct FieldText: Sendable {
    /// May be a pattern of names.
    public var field: String
    public var value: JSONValue
    public var isCaseInsensitive = false
    /// Whether a pattern is of what a text's analyzer leaves, which is in lower case, whatever case the pattern is in.
    public var followsAnalyzer = false
    public var boost = 1.0
  }

  public struct Range: Sendable {
    public var field: String
    public var lower: JSONValue?
    public var includesLower = true
    public var upper: JSONValue?
    public var includesUpper = true
    public var format: String?
    public var timeZone: String?
    public var boost = 1.0
  }

  /// A text that is cut into terms as the field's were.
  public struct Match: Sendable {
    public enum Kind: String, Sendable {
      case terms = "match"
      case phrase = "match_phrase"
    }

    public var kind: Kind
    public var field: String
    public var value: JSONValue
    /// Every term must be there.
    public var requiresAll = false
    public var minimumShouldMatch: MinimumShouldMatch?
    public var analyzer: String?
    /// How far the words of a phrase may be moved in all.
    public var slop = 0
    /// Whether a keyword is compared in any case of letters.
    public var isCaseInsensitive = false
    /// How much a term may differ; nil where it must be the same.
    public var fuzziness: Fuzziness?
    /// Whether a text without terms matches everything rather than nothing.
    public var zeroTermsMatchAll = false
    /// Whether a value that the field cannot have matches nothing rather than being an error.
    public var isLenient = false
    public var boost = 1.0
  }

  public struct Bool: Sendable {
    public var must: [SearchQuery] = []
    public var filter: [SearchQuery] = []
    public var should: [SearchQuery] = []
    public var mustNot: [SearchQuery] = []
    public var minimumShouldMatch: MinimumShouldMatch?
    public var boost = 1.0

    public init(
      must: [SearchQuery] = [], filter: [SearchQuery] = [], should: [SearchQuery] = [], mustNot: [SearchQuery] = [], boost: Double = 1
    ) {
      self.boost = boost
      self.must = must
      self.filter = filter
      self.should = should
      self.mustNot = mustNot
    }
  }
}

/// How many of a number of optional clauses must match: `2`, `-1`, `75%`, `-25%`.
public enum MinimumShouldMatch: Sendable, Hashable {
  /// Negative: so many may be missing.
  case count(Int)
  case percentage(Int)

  /// Reads a number or its text; nil for the conditional forms (`3<90%`), which are not taken.
  public init?(_ value: JSONValue) {
    if let count = value.int.flatMap(Int.init(exactly:)) {
      self = .count(count)
      return
    }
    guard let text = value.string else { return nil }
    if text.hasSuffix("%"), let share = Int(text.dropLast()) {
      self = .percentage(share)
    } else if let count = Int(text) {
      self = .count(count)
    } else {
      return nil
    }
  }

  /// The number for so many clauses, 0 ... `clauseCount` or more, where too many can never match.
  public func required(of clauseCount: Int) -> Int {
    let wanted: Int
    switch self {
    case .count(let count): wanted = count < 0 ? clauseCount + max(count, -clauseCount) : count
    case .percentage(let share):
      let part = clauseCount * Int(min(share.magnitude, 100)) / 100
      wanted = share < 0 ? clauseCount - part : part
    }
    return max(0, wanted)
  }
}
