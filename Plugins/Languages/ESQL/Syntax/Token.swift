/// A word of a query, with its place.
struct Token: Sendable, Hashable {
  var kind: Kind
  var range: SourceRange

  /// The kinds of tokens. The raw value is what messages call the kind: the token itself in quotes, or the name of its class.
  enum Kind: String, Sendable, Hashable {
    case end = "<EOF>"
    case pipe = "'|'"
    case comma = "','"
    case dot = "'.'"
    case colon = "':'"
    case cast = "'::'"
    case semicolon = "';'"
    case assign = "'='"
    case equals = "'=='"
    case caseInsensitiveEquals = "'=~'"
    case notEquals = "'!='"
    case less = "'<'"
    case lessOrEqual = "'<='"
    case greater = "'>'"
    case greaterOrEqual = "'>='"
    case plus = "'+'"
    case minus = "'-'"
    case star = "'*'"
    case slash = "'/'"
    case percent = "'%'"
    case openParenthesis = "'('"
    case closeParenthesis = "')'"
    case openBracket = "'['"
    case closeBracket = "']'"
    case openBrace = "'{'"
    case closeBrace = "'}'"
    case integer = "INTEGER_LITERAL"
    case decimal = "DECIMAL_LITERAL"
    case string = "QUOTED_STRING"
    case identifier = "UNQUOTED_IDENTIFIER"
    case quotedIdentifier = "QUOTED_IDENTIFIER"
    /// A name with wildcards in it: quoted and unquoted parts in a row.
    case pattern = "ID_PATTERN"
    /// An index name or pattern.
    case source = "UNQUOTED_SOURCE"
    case parameter = "'?'"
    case namedParameter = "NAMED_OR_POSITIONAL_PARAM"
    case doubleParameter = "'??'"
    case namedDoubleParameter = "NAMED_OR_POSITIONAL_DOUBLE_PARAMS"
    case and = "'and'"
    case `as` = "'as'"
    case asc = "'asc'"
    case by = "'by'"
    case desc = "'desc'"
    case `false` = "'false'"
    case first = "'first'"
    case `in` = "'in'"
    case `is` = "'is'"
    case last = "'last'"
    case like = "'like'"
    case metadata = "'metadata'"
    case not = "'not'"
    case null = "'null'"
    case nulls = "'nulls'"
    case on = "'on'"
    case or = "'or'"
    case rlike = "'rlike'"
    case `true` = "'true'"
    case `where` = "'where'"
    case with = "'with'"
  }

  /// Reserved words of expressions, in lower case.
  static let keywords: [String: Kind] = [
    "and": .and, "asc": .asc, "by": .by, "desc": .desc, "false": .false, "first": .first, "in": .in, "is": .is, "last": .last,
    "like": .like, "not": .not, "null": .null, "nulls": .nulls, "on": .on, "or": .or, "rlike": .rlike, "true": .true, "where": .where,
    "with": .with,
  ]
}
