import MeanwhileData

/// A function of many rows: `COUNT`, `SUM`, `PERCENTILE`.
public struct AggregateFunction: Sendable {
  /// In lower case.
  public var name: String
  public var aliases: [String]
  public var documentation: FunctionDocumentation
  /// Checks the arguments' types and chooses an implementation.
  public var resolve: @Sendable (_ arguments: [ScalarFunction.Argument]) throws(FunctionError) -> Resolution

  public init(
    name: String, aliases: [String] = [], documentation: FunctionDocumentation,
    resolve: @escaping @Sendable (_ arguments: [ScalarFunction.Argument]) throws(FunctionError) -> Resolution
  ) {
    self.name = name
    self.aliases = aliases
    self.documentation = documentation
    self.resolve = resolve
  }

  public struct Resolution: Sendable {
    public var type: DataType
    /// - Parameter frame: warnings and settings of the query; the origin is the call's.
    public var makeState: @Sendable (_ frame: EvaluationFrame) -> any AggregateState

    public init(type: DataType, makeState: @escaping @Sendable (_ frame: EvaluationFrame) -> any AggregateState) {
      self.type = type
      self.makeState = makeState
    }
  }
}

/// The state of one aggregate over all groups of one worker. Touched by one thread at a time.
public protocol AggregateState: AnyObject {
  /// Takes a batch.
  ///
  /// - Parameters:
  ///   - arguments: one column an argument, of `groups.count` rows.
  ///   - groups: the group of each row, below `groupCount`.
  ///   - groupCount: groups so far, those that this state has not met included; 1 where the aggregation has no keys.
  func update(_ arguments: [Column], groups: UnsafeBufferPointer<UInt32>, groupCount: Int) throws

  /// Takes another worker's state: its group `g` is this state's group `groups[g]`.
  func merge(_ other: any AggregateState, groups: [UInt32], groupCount: Int) throws

  /// The result, a row a group. Leaves the state as it is, so that a running query can show what it has.
  func result(groupCount: Int) throws -> Column

  /// Bytes held, for the memory budget.
  var byteCount: Int { get }
}
