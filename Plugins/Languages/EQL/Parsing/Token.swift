/// A word of an EQL query.
struct Token: Sendable, Hashable {
  var kind: Kind
  var source: Source

  enum Kind: Sendable, Hashable {
    /// One of ``keywords``.
    case keyword(Keyword)
    /// An unquoted or backquoted name, without its quotes.
    case identifier(String)
    /// A name directly followed by `~`, which is left off.
    case tildeIdentifier(String)
    case string(String)
    case integer(String)
    case decimal(String)
    case symbol(Symbol)
    case end
  }

  /// Reserved words, spelled in lower case only. One followed by `~` (`in~`, `like~`, `regex~`) is a word of its own.
  enum Keyword: String, Sendable, CaseIterable {
    case and, any, by, `false`, `in`, join, like, maxspan, not, null, of, or, regex, sample, sequence, `true`, until, `where`, with
    case inInsensitive = "in~"
    case likeInsensitive = "like~"
    case regexInsensitive = "regex~"
  }

  /// Longest first, so that the lexer takes `!=` before `!`.
  enum Symbol: String, Sendable, CaseIterable {
    case missingOpen = "!["
    case equal = "=="
    case notEqual = "!="
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"
    case assign = "="
    case colon = ":"
    case plus = "+"
    case minus = "-"
    case star = "*"
    case slash = "/"
    case percent = "%"
    case dot = "."
    case comma = ","
    case openBracket = "["
    case closeBracket = "]"
    case openParenthesis = "("
    case closeParenthesis = ")"
    case pipe = "|"
    case optional = "?"
  }
}
