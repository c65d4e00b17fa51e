/// A condition or value of an EQL query, as it was written. Chains of `and` and `or` are flat, so their length never becomes depth.
indirect enum EQLExpression: Sendable, Hashable {
  case literal(EQLLiteral, Source)
  case field(EQLField)
  case function(EQLCall)
  case negative(EQLExpression, Source)
  case arithmetic(EQLArithmetic, EQLExpression, EQLExpression, Source)
  case comparison(EQLComparison, EQLExpression, EQLExpression, Source)
  case not(EQLExpression, Source)
  case and([EQLExpression], Source)
  case or([EQLExpression], Source)
  /// `value in (a, b)`; `in~` when case-insensitive.
  case membership(EQLExpression, [EQLExpression], isInsensitive: Bool, Source)
  /// `value : "a*"`, `value like ("a*", "b?")`, `value regex "a.*"`.
  case pattern(EQLPatternKind, EQLExpression, [EQLPattern], isInsensitive: Bool, Source)

  var source: Source {
    switch self {
    case .literal(_, let source), .negative(_, let source), .arithmetic(_, _, _, let source), .comparison(_, _, _, let source),
      .not(_, let source), .and(_, let source), .or(_, let source), .membership(_, _, _, let source), .pattern(_, _, _, _, let source):
      source
    case .field(let field): field.source
    case .function(let call): call.source
    }
  }
}

enum EQLLiteral: Sendable, Hashable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case decimal(Double)
  case string(String)
}

/// `process.name`, `?process.name`.
struct EQLField: Sendable, Hashable {
  var name: String
  /// `?name`: a field that no mapping knows is null, not an error.
  var isOptional: Bool
  var source: Source
}

/// `startsWith~(field, "a")`.
struct EQLCall: Sendable, Hashable {
  /// The name as written, without the `~`.
  var name: String
  var isInsensitive: Bool
  var arguments: [EQLExpression]
  var source: Source
}

enum EQLArithmetic: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case modulo = "%"
}

enum EQLComparison: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}

enum EQLPatternKind: String, Sendable, CaseIterable {
  /// `:`, which compares without case and takes wildcards.
  case colon = ":"
  /// Wildcards `*` and `?`.
  case like
  /// A whole-value regular expression in Lucene's syntax.
  case regex
}

/// One right-hand value of `:`, `like` or `regex`; anything but text is found wrong when types are checked.
struct EQLPattern: Sendable, Hashable {
  var value: EQLLiteral
  var source: Source
}
