/// An expression as it was written: names are not resolved, types are not known.
struct ExpressionSyntax: Sendable, Hashable {
  var kind: Kind
  /// From its first token to its last, without the parentheses around it.
  var range: SourceRange
  /// 1 for a leaf, else one more than its deepest operand.
  let depth: Int

  indirect enum Kind: Sendable, Hashable {
    case literal(LiteralSyntax)
    /// `1 day`.
    case timeSpan(Int64, unit: String)
    case column(NameSyntax)
    /// `*`, the argument of COUNT.
    case star
    case call(CallSyntax)
    case negate(ExpressionSyntax)
    case arithmetic(ArithmeticOperator, ExpressionSyntax, ExpressionSyntax)
    case comparison(ComparisonOperator, ExpressionSyntax, ExpressionSyntax)
    case not(ExpressionSyntax)
    case and(ExpressionSyntax, ExpressionSyntax)
    case or(ExpressionSyntax, ExpressionSyntax)
    case isNull(ExpressionSyntax, negated: Bool)
    case isIn(ExpressionSyntax, [ExpressionSyntax], negated: Bool)
    case like(ExpressionSyntax, PatternLanguage, [ExpressionSyntax], isList: Bool, negated: Bool)
    case cast(ExpressionSyntax, type: NameSyntax)
    /// `field : query`.
    case match(NameSyntax, cast: NameSyntax?, query: ExpressionSyntax)
  }

  enum ArithmeticOperator: String, Sendable, Hashable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
  }

  enum ComparisonOperator: String, Sendable, Hashable {
    case equals = "=="
    case equalsIgnoringCase = "=~"
    case notEquals = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  /// What a pattern behind a value is written in.
  enum PatternLanguage: String, Sendable, Hashable {
    /// `*` and `?`.
    case like = "LIKE"
    /// Lucene's regular expressions.
    case rlike = "RLIKE"
  }

  init(_ kind: Kind, _ range: SourceRange, depth: Int) {
    self.kind = kind
    self.range = range
    self.depth = depth
  }
}

/// `name(argument, …)`, with named options at the end where there are some.
struct CallSyntax: Sendable, Hashable {
  var name: NameSyntax
  var arguments: [ExpressionSyntax]
  var options: [OptionSyntax]

  init(name: NameSyntax, arguments: [ExpressionSyntax], options: [OptionSyntax] = []) {
    self.name = name
    self.arguments = arguments
    self.options = options
  }
}

/// One member of the map at the end of a call: `{"operator": "AND"}`.
struct OptionSyntax: Sendable, Hashable {
  indirect enum Value: Sendable, Hashable {
    case literal(LiteralSyntax)
    case options([OptionSyntax])
  }

  var name: String
  var value: Value
  var range: SourceRange
}

extension ExpressionSyntax: CustomStringConvertible {
  /// The expression in one normal spelling, every operation in parentheses.
  var description: String {
    switch kind {
    case .literal(let literal): literal.description
    case .timeSpan(let amount, let unit): "\(amount) \(unit)"
    case .column(let name): name.text
    case .star: "*"
    case .call(let call):
      call.name.text + "("
        + (call.arguments.map(\.description) + (call.options.isEmpty ? [] : [OptionSyntax.describe(call.options)])).joined(separator: ", ")
        + ")"
    case .negate(let operand): "(- \(operand))"
    case .arithmetic(let symbol, let left, let right): "(\(left) \(symbol.rawValue) \(right))"
    case .comparison(let symbol, let left, let right): "(\(left) \(symbol.rawValue) \(right))"
    case .not(let operand): "(NOT \(operand))"
    case .and(let left, let right): "(\(left) AND \(right))"
    case .or(let left, let right): "(\(left) OR \(right))"
    case .isNull(let operand, let negated): "(\(operand) IS \(negated ? "NOT " : "")NULL)"
    case .isIn(let operand, let list, let negated):
      "(\(operand) \(negated ? "NOT " : "")IN (\(list.map(\.description).joined(separator: ", "))))"
    case .like(let operand, let language, let patterns, let isList, let negated):
      "(\(operand) \(negated ? "NOT " : "")\(language.rawValue) "
        + (isList ? "(" : "") + patterns.map(\.description).joined(separator: ", ") + (isList ? "))" : ")")
    case .cast(let operand, let type): "(\(operand)::\(type))"
    case .match(let name, let cast, let query): "(\(name)\(cast.map { "::\($0)" } ?? "") : \(query))"
    }
  }
}

extension OptionSyntax {
  static func describe(_ options: [OptionSyntax]) -> String {
    let members = options.map { option in
      switch option.value {
      case .literal(let literal): "\(LiteralSyntax.string(option.name)): \(literal)"
      case .options(let inner): "\(LiteralSyntax.string(option.name)): \(describe(inner))"
      }
    }
    return "{" + members.joined(separator: ", ") + "}"
  }
}
