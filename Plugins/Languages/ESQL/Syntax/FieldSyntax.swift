import Meanwhile

/// `name = expression`, or an expression alone, which is named by its own text.
struct FieldSyntax: Sendable, Hashable, CustomStringConvertible {
  var name: String
  /// Whether the query gives the name; else it is the expression's text.
  var isNamed: Bool
  var expression: ExpressionSyntax
  /// The whole of it.
  var range: SourceRange

  var description: String { isNamed ? "\(name) = \(expression)" : "\(expression)" }
}

extension Parser {
  /// `(name =)? expression`.
  mutating func field() throws(APIError) -> FieldSyntax {
    let start = current.range
    let first = try expression()
    // A name is a column that stands alone; one in parentheses starts behind the field's start.
    if current.kind == .assign, case .column(let name) = first.kind, first.range.start == start.start {
      try advance()
      let value = try expression()
      return FieldSyntax(name: name.text, isNamed: true, expression: value, range: start.through(previous))
    }
    let range = start.through(previous)
    if case .column(let name) = first.kind {
      return FieldSyntax(name: name.text, isNamed: false, expression: first, range: range)
    }
    return FieldSyntax(name: source.text(of: range), isNamed: false, expression: first, range: range)
  }

  /// Fields between commas, one at least.
  mutating func fields() throws(APIError) -> [FieldSyntax] {
    var fields = [try field()]
    while try accept(.comma) { fields.append(try field()) }
    return fields
  }
}
