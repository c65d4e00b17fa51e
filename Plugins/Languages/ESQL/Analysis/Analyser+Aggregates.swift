import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// What a STATS has gathered while its aggregates are read.
struct AggregationScope {
  /// The grouping columns by name, as they are in the result.
  var groups: [String: Attribute]
  /// The grouping expressions in normal spelling, so that `BY a + 1` is found again in `SUM(b) / (a + 1)`.
  var spellings: [String: Attribute]
  /// The filter of the aggregate that is being read.
  var filter: Expression?
  var isInsideAggregate = false
  var aggregates: [Plan.Aggregate] = []

  /// The grouping column that an expression spells.
  func group(spelled syntax: ExpressionSyntax) -> Attribute? {
    if spellings.isEmpty { return nil }
    switch syntax.kind {
    case .literal, .column, .star: return nil
    default: return spellings[syntax.description]
    }
  }
}

extension Analyser {
  /// An aggregate call: outside of STATS a problem, within another too.
  mutating func aggregate(_ call: CallSyntax, at range: SourceRange) -> Expression? {
    let text = source.text(of: range)
    guard let scope = aggregation else {
      problem("aggregate function [\(text)] not allowed outside STATS command", at: range)
      return nil
    }
    guard !scope.isInsideAggregate else {
      problem("nested aggregations [\(text)] not allowed inside other aggregations", at: range)
      return nil
    }
    aggregation?.isInsideAggregate = true
    defer { aggregation?.isInsideAggregate = false }
    var arguments: [Expression] = []
    // COUNT(*) and COUNT() count rows: they have no argument.
    let operands = call.arguments.filter { $0.kind != .star }
    for operand in operands {
      if let argument = expression(operand) { arguments.append(argument) }
    }
    guard arguments.count == operands.count else { return nil }
    do {
      let (function, resolution) = try environment.functions.resolveAggregate(
        call.name.text.lowercased(), arguments, texts: operands.map { source.text(of: $0.range) }, origin: origin(range))
      let attribute = Attribute(name: text, type: resolution.type)
      let made = Plan.Aggregate(
        attribute: attribute, function: function, resolution: resolution, arguments: arguments, filter: scope.filter, origin: origin(range))
      aggregation?.aggregates.append(made)
      return .column(attribute)
    } catch {
      problem(error.message, at: range)
      return nil
    }
  }
}
