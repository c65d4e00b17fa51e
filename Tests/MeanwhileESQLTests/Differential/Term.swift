import MeanwhileData

/// An expression twice: as a query writes it, and as the reference computes it for a row.
struct Term: Sendable {
  var text: String
  var type: DataType
  var evaluate: @Sendable (_ row: [Cell]) -> Cell
}

/// A way to make an expression of a type out of others.
struct Rule: Sendable {
  enum Argument: Sendable {
    /// Any expression of a type.
    case of(DataType)
    /// One of these constants.
    case one(DataType, [Cell])
    /// One of these texts, written as they are, with what they mean.
    case word([(text: String, meaning: Cell)])
  }

  var result: DataType
  var arguments: [Argument]
  /// `$0` stands for the first argument.
  var pattern: String
  var compute: @Sendable ([Cell]) -> Cell

  /// A rule that sees all values of its arguments.
  static func of(_ pattern: String, _ arguments: [Argument], _ result: DataType, _ compute: @escaping @Sendable ([Cell]) -> Cell) -> Rule {
    Rule(result: result, arguments: arguments, pattern: pattern, compute: compute)
  }

  /// A rule over single values: null where an argument is null or has several; nil stands for a failure, whose result is null as well.
  static func single(
    _ pattern: String, _ arguments: [Argument], _ result: DataType, _ compute: @escaping @Sendable ([Cell]) -> Cell?
  ) -> Rule {
    of(pattern, arguments, result) { cells in
      cells.allSatisfy { $0.elements.count == 1 } ? compute(cells) ?? .null : .null
    }
  }

  /// A rule that takes each value on its own; a failure leaves the value out.
  static func each(_ pattern: String, _ argument: DataType, _ result: DataType, _ compute: @escaping @Sendable (Cell) -> Cell?) -> Rule {
    of(pattern, [.of(argument)], result) { cells in Cell(cells[0].elements.compactMap(compute)) }
  }
}

/// Makes random expressions over the columns that there are.
struct TermMaker {
  var random: SeededGenerator
  var columns: [ReferenceTable.Column]

  /// An expression of a type.
  mutating func term(_ type: DataType, depth: Int) -> Term {
    let fitting = columns.indices.filter { columns[$0].type == type || type == .keyword && columns[$0].type == .text }
    let rules = depth > 0 ? Rule.byResult[type] ?? [] : []
    if !rules.isEmpty, random.chance(fitting.isEmpty ? 80 : 65) { return apply(random.pick(rules), depth: depth) }
    if !fitting.isEmpty, random.chance(80) {
      let index = random.pick(fitting)
      return Term(text: columns[index].name, type: columns[index].type) { $0[index] }
    }
    return constant(type, Sample.cell(of: type, &random))
  }

  mutating func apply(_ rule: Rule, depth: Int) -> Term {
    var text = rule.pattern
    var inputs: [Term] = []
    for (index, argument) in rule.arguments.enumerated() {
      let input: Term
      switch argument {
      case .of(let type):
        // Where some argument says which type it is, another may be null.
        let mayBeNull = rule.arguments.count > 1 && index > 0 && inputs.contains { $0.type == type && $0.text != "null" }
        input = mayBeNull && random.chance(4) ? constant(type, .null) : term(type, depth: depth - 1)
      case .one(let type, let cells): input = constant(type, random.pick(cells))
      case .word(let words):
        let word = random.pick(words)
        input = Term(text: word.text, type: .keyword) { _ in word.meaning }
      }
      inputs.append(input)
      text = text.replacing("$\(index)", with: input.text)
    }
    let compute = rule.compute
    return Term(text: text, type: rule.result) { [inputs] row in compute(inputs.map { $0.evaluate(row) }) }
  }

  func constant(_ type: DataType, _ cell: Cell) -> Term { Term(text: cell.literal(type), type: type) { _ in cell } }
}

extension Rule {
  /// Every rule, by the type of its result.
  static let byResult: [DataType: [Rule]] = Dictionary(
    grouping: arithmetic + comparisons + logic + conditionals + numbers + strings + dates + addresses + conversions + severalValues,
    by: \.result)
}
