import Meanwhile
import MeanwhileData
import MeanwhileEngine

// Several ways of rows that become one: FORK's branches and FROM's subqueries.

extension Analyser {
  /// What commands make of the rows so far. Their problems are this query's.
  mutating func branch(_ commands: [any Command]) throws(APIError) -> Analyser {
    var branch = self
    for command in commands { try command.analyse(&branch) }
    takeProblems(of: branch)
    if problems.isEmpty { try branch.addScores() }
    return branch
  }

  /// Goes on with the rows of all branches. Columns are matched by name, in order of appearance; one that a branch lacks is null in its rows.
  ///
  /// - Parameter conflict: is told of a column that has different types. It has none of them then, see ``unionVariants``.
  mutating func unite(_ branches: [Analyser], conflict: (_ name: String, _ types: [DataType], inout Analyser) -> Void) {
    var names: [String] = []
    var known: Set<String> = []
    for column in branches.flatMap(\.columns) where known.insert(column.name).inserted { names.append(column.name) }
    /// Columns of the result that are seen, and those behind a name with several types.
    var visible: [Attribute] = []
    var all: [Attribute] = []
    var inputs = branches.map { _ in [Expression]() }
    for name in names {
      let found = branches.map { branch -> Attribute? in branch.columns.first { $0.name == name } }
      let typed = found.compactMap { $0 }.filter { $0.type != .null }
      guard let type = Self.commonType(typed.map(\.type)) else {
        let types = Self.distinct(
          typed.flatMap { attribute in
            (branches.compactMap { $0.unionVariants[attribute] }.first ?? [attribute]).map(\.type)
          })
        conflict(name, types, &self)
        let attribute = Attribute(name: name, type: .unsupported, originalTypes: types.map(\.name).sorted())
        visible.append(attribute)
        all.append(attribute)
        var variants: [Attribute] = []
        for type in types where type != .unsupported {
          let variant = Attribute(name: name, type: type)
          variants.append(variant)
          all.append(variant)
        }
        unionVariants[attribute] = variants
        for (index, column) in found.enumerated() {
          inputs[index].append(.literal(.null, .unsupported))
          let own = column.map { branches[index].unionVariants[$0] ?? [$0] } ?? []
          for variant in variants {
            inputs[index].append(own.first { $0.type == variant.type }.map { .column($0) } ?? .literal(.null, variant.type))
          }
        }
        continue
      }
      let originalTypes = typed.first { $0.type == type }?.originalTypes ?? []
      let attribute = Attribute(name: name, type: type, originalTypes: originalTypes)
      visible.append(attribute)
      all.append(attribute)
      for (index, column) in found.enumerated() {
        guard let column, column.type != .null else {
          inputs[index].append(.literal(.null, type))
          continue
        }
        inputs[index].append(converted(.column(column), to: type))
      }
    }
    plan = .union(
      zip(branches, inputs).map { branch, expressions in
        let assignments = zip(all, expressions).map { Plan.Assignment(Attribute(name: $0.name, type: $0.type), $1) }
        return .project(.eval(branch.plan, assignments), assignments.map(\.attribute))
      }, all)
    setColumns(visible, keepsUnresolved: false)
    for name in branches.flatMap(\.unresolved) where !known.contains(name) { addUnresolved(name) }
  }

  /// The type of a column that has these in its branches; nil where they do not go together.
  private static func commonType(_ types: [DataType]) -> DataType? {
    guard let first = types.first else { return .null }
    if types.allSatisfy({ $0 == first }) { return first }
    if types.allSatisfy(\.isString) { return .keyword }
    if types.allSatisfy(\.isDate) { return .dateNanos }
    return nil
  }

  private static func distinct(_ types: [DataType]) -> [DataType] {
    types.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private func converted(_ expression: Expression, to type: DataType) -> Expression {
    guard expression.type != type else { return expression }
    let function = type == .dateNanos ? "to_date_nanos" : "to_string"
    return (try? environment.functions.call(function, [expression])) ?? expression
  }
}
