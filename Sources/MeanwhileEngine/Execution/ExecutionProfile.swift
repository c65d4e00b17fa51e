/// What a run did, stage by stage: each reads data, or what stages before it gave, and must see all its rows before it gives any.
public struct ExecutionProfile: Sendable, Hashable {
  public struct Stage: Sendable, Hashable {
    /// What reads, the steps that need no other row, and what sees all rows, in that order.
    public var operators: [Operator]
    public var startedNanoseconds: UInt64
    public var nanoseconds: UInt64
    /// Documents that scans gave.
    public var documentsFound: Int
    /// Field values that were read.
    public var valuesLoaded: Int
    /// Tasks that worked at the same time.
    public var workers: Int
  }

  public struct Operator: Sendable, Hashable {
    /// Such as `Scan`, `Filter` or `Aggregate`.
    public var name: String
    /// What it works on, in words.
    public var detail: String
    /// Time spent in it by all workers together.
    public var nanoseconds: UInt64 = 0
    /// Batches that it worked on.
    public var pages = 0
    public var rowsReceived = 0
    /// Rows that it gave.
    public var rows = 0
    /// Bytes of these rows.
    public var bytes = 0
  }

  public var stages: [Stage] = []
}

extension Pipeline {
  /// What the pipeline is made of, without rows.
  var operators: [ExecutionProfile.Operator] {
    func made(_ name: String, _ detail: String) -> ExecutionProfile.Operator {
      ExecutionProfile.Operator(name: name, detail: detail)
    }
    var operators: [ExecutionProfile.Operator] = []
    switch source {
    case .scan(let scan):
      let skipped = scan.units.count { $0.isSkipped }
      operators.append(
        made(
          "Scan",
          "segments=\(scan.units.count), skipped=\(skipped), conditions=\(scan.conditions.count), columns="
            + scan.columns.map(\.attribute.name).joined(separator: ",")))
    case .pages: operators.append(made("Rows", ""))
    case .stage(let number): operators.append(made("Exchange", "stage=\(number)"))
    }
    for step in steps {
      switch step {
      case .filter(let conditions, _): operators.append(made("Filter", "conditions=\(conditions.count)"))
      case .eval(let expressions): operators.append(made("Eval", "columns=\(expressions.count)"))
      case .project(let channels): operators.append(made("Project", "columns=\(channels.count)"))
      case .expand(let channel): operators.append(made("MvExpand", "channel=\(channel)"))
      case .extract: operators.append(made("Extract", ""))
      case .join, .joinWithStage: operators.append(made("Join", ""))
      }
    }
    return operators
  }
}

extension Stage.Operation {
  var name: String {
    switch self {
    case .collect(let limit): limit == nil ? "Output" : "Limit"
    case .limitBy: "LimitBy"
    case .sort: "Sort"
    case .window: "Window"
    case .top: "TopN"
    case .aggregate: "Aggregate"
    case .unite: "Union"
    }
  }
}
