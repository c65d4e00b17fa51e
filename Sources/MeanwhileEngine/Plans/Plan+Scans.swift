extension Plan {
  /// The plans that this one reads, from left to right.
  public var inputs: [Plan] {
    switch self {
    case .scan, .rows: []
    case .filter(let input, _), .eval(let input, _), .project(let input, _), .aggregate(let input, _), .sort(let input, _),
      .top(let input, _, _), .limit(let input, _), .limitBy(let input, _, _), .expand(let input, _, _), .extract(let input, _),
      .inlineAggregate(let input, _), .window(let input, _):
      [input]
    case .join(let input, let join): [input, join.right]
    case .union(let inputs, _): inputs
    }
  }

  /// Every scan in it.
  public var scans: [Scan] {
    if case .scan(let scan) = self { return [scan] }
    return inputs.flatMap(\.scans)
  }
}
