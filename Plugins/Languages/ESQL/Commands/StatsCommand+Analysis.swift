import Meanwhile
import MeanwhileData
import MeanwhileEngine

extension StatsCommand {
  /// Groups are computed first, and hide columns of their names from the aggregates. What stands around an aggregate, as in `MAX(a) - MIN(a)`, is computed
  /// from the aggregates' results.
  func analyse(_ analyser: inout Analyser) { analyse(&analyser, inline: false) }

  /// - Parameter inline: whether every row stays, with the aggregates of its group.
  func analyse(_ analyser: inout Analyser, inline: Bool) {
    warnOfShadows(analyser)
    let before = analyser.columns
    let (assignments, spellings) = analyseGroups(&analyser)
    let groups = Dictionary(assignments.map { ($0.attribute.name, $0.attribute) }) { _, last in last }
    analyser.aggregation = AggregationScope(groups: groups, spellings: spellings)
    var results: [Plan.Assignment] = []
    var unresolved: [String] = []
    for aggregate in aggregates {
      guard let expression = analyse(aggregate, &analyser) else {
        unresolved.append(aggregate.field.name)
        continue
      }
      results.append(Plan.Assignment(Attribute(name: aggregate.field.name, type: expression.type), expression))
    }
    let collected = analyser.aggregation?.aggregates ?? []
    analyser.aggregation = nil
    let aggregation = Plan.Aggregation(groups: assignments, aggregates: collected)
    if inline { return finishInline(aggregation, results, unresolved, before, &analyser) }
    analyser.plan = .aggregate(analyser.plan, aggregation)
    if !results.isEmpty { analyser.plan = .eval(analyser.plan, results) }
    analyser.setColumns(results.map(\.attribute) + assignments.map(\.attribute), keepsUnresolved: false)
    for name in unresolved { analyser.addUnresolved(name) }
    for group in self.groups where groups[group.name] == nil { analyser.addUnresolved(group.name) }
  }

  /// Of aggregates and groups of one name the last one stays, groups before aggregates.
  private func warnOfShadows(_ analyser: Analyser) {
    let fields = aggregates.map(\.field) + groups
    for (index, field) in fields.enumerated() {
      guard let last = fields[(index + 1)...].last(where: { $0.name == field.name }), field.isNamed || last.isNamed else { continue }
      analyser.environment.warnings.add(
        "Line \(field.range.line):\(field.range.column): Field '\(field.name)' shadowed by field at line \(last.range.line):\(last.range.column)"
      )
    }
  }

  /// The columns of before, then the aggregates, then the groups; each name once.
  private func finishInline(
    _ aggregation: Plan.Aggregation, _ results: [Plan.Assignment], _ unresolved: [String], _ before: [Attribute], _ analyser: inout Analyser
  ) {
    // Aggregates' expressions name the groups of a STATS, which here are the rows' own columns.
    var own: [Attribute: Expression] = [:]
    for group in aggregation.groups { own[group.attribute] = group.expression }
    analyser.plan = .inlineAggregate(analyser.plan, aggregation)
    if !results.isEmpty {
      analyser.plan = .eval(analyser.plan, results.map { Plan.Assignment($0.attribute, $0.expression.replacing(own)) })
    }
    let groups = aggregation.groups.compactMap { group -> Attribute? in
      guard case .column(let key) = group.expression else { return nil }
      return key.renamed(group.attribute.name)
    }
    analyser.setColumns(before)
    for attribute in results.map(\.attribute) + groups { analyser.add(attribute) }
    for name in unresolved { analyser.addUnresolved(name) }
  }

  /// The grouping columns of the result, and their spellings. The expressions among them become columns of the input.
  private func analyseGroups(_ analyser: inout Analyser) -> (assignments: [Plan.Assignment], spellings: [String: Attribute]) {
    var computed: [Plan.Assignment] = []
    var assignments: [Plan.Assignment] = []
    var spellings: [String: Attribute] = [:]
    func add(_ key: Attribute, for group: FieldSyntax) {
      let result = Attribute(name: group.name, type: key.type)
      assignments.removeAll { $0.attribute.name == group.name }
      assignments.append(Plan.Assignment(result, .column(key)))
      spellings[group.expression.description] = result
    }
    for group in groups {
      let key: Attribute
      if case .call(let call) = group.expression.kind, call.name.text.lowercased() == Analyser.categorize {
        guard let category = analyser.category(call, named: group.name, over: &computed, at: group.expression.range) else { continue }
        key = category
        add(key, for: group)
        continue
      }
      guard let expression = analyser.expression(group.expression) else { continue }
      if case .column(let column) = expression {
        key = column
      } else {
        key = Attribute(name: group.name, type: expression.type)
        computed.append(Plan.Assignment(key, expression))
      }
      add(key, for: group)
    }
    if !computed.isEmpty { analyser.plan = .eval(analyser.plan, computed) }
    for assignment in assignments {
      guard case .column(let key) = assignment.expression else { continue }
      analyser.add(key.renamed(assignment.attribute.name))
    }
    return (assignments, spellings)
  }

  private func analyse(_ aggregate: Aggregate, _ analyser: inout Analyser) -> Expression? {
    if let filter = aggregate.filter {
      analyser.aggregation?.isInsideAggregate = true
      let condition = analyser.expression(filter)
      analyser.aggregation?.isInsideAggregate = false
      guard let condition else { return nil }
      guard condition.type == .boolean || condition.type == .null else {
        analyser.problem("Condition expression needs to be boolean, found [\(condition.type.name.uppercased())]", at: filter.range)
        return nil
      }
      analyser.aggregation?.filter = condition
    }
    defer { analyser.aggregation?.filter = nil }
    let count = analyser.aggregation?.aggregates.count ?? 0
    guard let expression = analyser.expression(aggregate.field.expression) else { return nil }
    guard analyser.aggregation?.aggregates.count != count || !expression.attributes.isEmpty else {
      let text = analyser.source.text(of: aggregate.field.expression.range)
      analyser.problem("expected an aggregate function but found [\(text)]", at: aggregate.field.expression.range)
      return nil
    }
    return expression
  }
}
