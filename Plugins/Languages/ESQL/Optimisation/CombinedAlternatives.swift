import MeanwhileData
import MeanwhileEngine

/// `a == 1 OR a == 2 OR a IN (3)` is `a IN (1, 2, 3)`, and what asks for an address besides a block is `CIDR_MATCH`: the column is looked at once, and warned of once.
///
/// Where anything was joined, warnings quote the column instead of what it was compared with (Elasticsearch's `CombineDisjunctions`).
struct CombinedAlternatives {
  let functions: FunctionRegistry

  private static let equal = "=="

  func apply(to plan: Plan) -> Plan {
    let plan = plan.over(apply)
    switch plan {
    case .filter(let input, let condition): return .filter(input, combined(condition))
    case .eval(let input, let assignments):
      return .eval(input, assignments.map { Plan.Assignment($0.attribute, combined($0.expression)) })
    default: return plan
    }
  }

  /// What is asked of one column.
  private struct Question {
    var column: Attribute
    var origin: Expression.Origin
    var values: [Expression] = []
    var blocks: [Expression] = []
    var joinedCount = 0
  }

  private func combined(_ expression: Expression) -> Expression {
    guard case .call(var call) = expression else { return expression }
    guard call.function.name == OperatorName.or else {
      call.arguments = call.arguments.map(combined)
      return .call(call)
    }
    var questions: [Question] = []
    var others: [Expression] = []
    for alternative in alternatives(expression) {
      guard let asked = question(alternative) else {
        others.append(combined(alternative))
        continue
      }
      if let known = questions.firstIndex(where: { $0.column == asked.column }) {
        questions[known].values += asked.values
        questions[known].blocks += asked.blocks
        questions[known].joinedCount += 1
      } else {
        questions.append(asked)
      }
    }
    guard questions.contains(where: { $0.joinedCount > 0 }) else {
      call.arguments = call.arguments.map(combined)
      return .call(call)
    }
    var parts = others
    for question in questions {
      guard let part = condition(question) else { return expression }
      parts.append(part)
    }
    return parts.dropFirst().reduce(parts[0]) { left, right in (try? functions.call(OperatorName.or, [left, right])) ?? left }
  }

  private func alternatives(_ expression: Expression) -> [Expression] {
    guard case .call(let call) = expression, call.function.name == OperatorName.or else { return [expression] }
    return call.arguments.flatMap(alternatives)
  }

  /// The question that a condition asks of a column by constants alone; nil for any other.
  private func question(_ condition: Expression) -> Question? {
    guard case .call(let call) = condition else { return nil }
    // A constant may stand on the left of `==`.
    let isTurned = call.function.name == Self.equal && call.arguments.first?.constant != nil
    let arguments = isTurned ? call.arguments.reversed() : call.arguments
    guard case .column(let column)? = arguments.first else { return nil }
    let constants = Array(arguments.dropFirst())
    guard !constants.isEmpty, constants.allSatisfy({ $0.constant.map { $0 != .null && $0.elements.count == 1 } ?? false }) else {
      return nil
    }
    var question = Question(column: column, origin: call.origin.narrowed(to: column.name))
    switch call.function.name {
    case Self.equal, OperatorName.isIn: question.values = constants
    case "cidr_match": question.blocks = constants
    default: return nil
    }
    return question
  }

  private func condition(_ question: Question) -> Expression? {
    let column = Expression.column(question.column)
    guard question.blocks.isEmpty else {
      let addresses = question.values.map { Expression.literal(.string($0.text), .keyword) }
      return try? functions.call("cidr_match", [column] + question.blocks + addresses, origin: question.origin)
    }
    let function = question.values.count == 1 ? Self.equal : OperatorName.isIn
    return try? functions.call(function, [column] + question.values, origin: question.origin)
  }
}

extension Expression.Origin {
  /// Where a column stands in the text; the whole of it where it is spelled otherwise.
  fileprivate func narrowed(to name: String) -> Expression.Origin {
    guard let place = text.place(of: name), !text[..<place].contains("\n") else { return self }
    return Expression.Origin(line: line, column: column + text[..<place].unicodeScalars.count, text: name)
  }
}

extension String {
  /// Where a name first stands in a text, not as part of a longer one.
  fileprivate func place(of name: String) -> Index? {
    func continues(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber || "_.@".contains($0) } ?? false }
    return indices.first { place in
      guard self[place...].hasPrefix(name) else { return false }
      return !continues(self[..<place].last) && !continues(self[place...].dropFirst(name.count).first)
    }
  }
}
