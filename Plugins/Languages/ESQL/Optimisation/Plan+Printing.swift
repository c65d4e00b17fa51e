import MeanwhileData
import MeanwhileEngine

extension Plan {
  /// The plan from its source on, one operator a line.
  var printed: String {
    switch self {
    case .scan(let scan):
      "scan [\(scan.columns.map(\.attribute.name).joined(separator: ", "))]" + (scan.filter.map { " where \($0.printed)" } ?? "")
    case .rows: "rows"
    case .filter(let input, let condition): "\(input.printed)\nfilter \(condition.printed)"
    case .eval(let input, let assignments):
      "\(input.printed)\neval " + assignments.map { "\($0.attribute.name) = \($0.expression.printed)" }.joined(separator: ", ")
    case .project(let input, let attributes): "\(input.printed)\nproject " + attributes.map(\.name).joined(separator: ", ")
    case .aggregate(let input, let aggregation):
      "\(input.printed)\naggregate "
        + aggregation.aggregates.map { aggregate in
          "\(aggregate.attribute.name) = \(aggregate.function.name)(\(aggregate.arguments.map(\.printed).joined(separator: ", ")))"
            + (aggregate.filter.map { " where \($0.printed)" } ?? "")
        }.joined(separator: ", ") + " by "
        + aggregation.groups.map { "\($0.attribute.name) = \($0.expression.printed)" }.joined(separator: ", ")
    case .sort(let input, let keys): "\(input.printed)\nsort \(Self.print(keys))"
    case .top(let input, let keys, let count): "\(input.printed)\ntop \(count) \(Self.print(keys))"
    case .limit(let input, let count): "\(input.printed)\nlimit \(count)"
    case .limitBy(let input, let keys, let count): "\(input.printed)\nlimit \(count) by " + keys.map(\.name).joined(separator: ", ")
    case .expand(let input, let old, _): "\(input.printed)\nexpand \(old.name)"
    case .extract(let input, let extraction): "\(input.printed)\nextract " + extraction.outputs.map(\.name).joined(separator: ", ")
    case .join(let input, let join):
      "\(input.printed)\njoin " + join.keys.map { "\($0.left.printed) == \($0.right.printed)" }.joined(separator: ", ")
        + " adding " + join.columns.map(\.name).joined(separator: ", ")
    case .window(let input, let window):
      "\(input.printed)\nwindow \(window.name) adding " + window.outputs.map(\.name).joined(separator: ", ")
    case .inlineAggregate(let input, let aggregation):
      "\(input.printed)\naggregate inline " + aggregation.aggregates.map(\.attribute.name).joined(separator: ", ")
    case .union(let inputs, let attributes):
      "union [" + inputs.map(\.printed).joined(separator: "] [") + "] as " + attributes.map(\.name).joined(separator: ", ")
    }
  }

  private static func print(_ keys: [SortKey]) -> String {
    keys.map { "\($0.expression.printed) \($0.isAscending ? "asc" : "desc") nulls \($0.nullsFirst ? "first" : "last")" }.joined(
      separator: ", ")
  }
}

extension Expression {
  var printed: String {
    switch self {
    case .literal(let value, let type): Self.print(value, type)
    case .column(let attribute): attribute.name
    case .call(let call): "\(call.function.name)(\(call.arguments.map(\.printed).joined(separator: ", ")))"
    }
  }

  private static func print(_ value: Value, _ type: DataType) -> String {
    switch value {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .long(let value): type == .integer || type == .long ? "\(value)" : "\(type.name):\(value)"
    case .double(let value): "\(value)"
    case .bytes(let bytes): "\"\(String(decoding: bytes, as: UTF8.self))\""
    case .several(let values): "[" + values.map { print($0, type) }.joined(separator: ", ") + "]"
    }
  }
}
