import MeanwhileData

/// A typed expression over the columns of a plan: the one tree that ES|QL, EQL and Query DSL conditions compile to.
///
/// Trees are made through ``FunctionRegistry``, which checks the types, so a tree that exists can be evaluated.
public indirect enum Expression: Sendable {
  /// A constant, several values included.
  case literal(Value, DataType)
  case column(Attribute)
  case call(Call)

  /// A function applied to arguments.
  public struct Call: Sendable {
    public var function: ScalarFunction
    public var arguments: [Expression]
    /// What the arguments' types chose: the result type and the kernel.
    public var resolution: ScalarFunction.Resolution
    /// Where in the query it stands; warnings quote it.
    public var origin: Origin

    public init(function: ScalarFunction, arguments: [Expression], resolution: ScalarFunction.Resolution, origin: Origin) {
      self.function = function
      self.arguments = arguments
      self.resolution = resolution
      self.origin = origin
    }
  }

  /// A place in a query's text.
  public struct Origin: Sendable, Hashable {
    /// 1-based; 0 where the expression has no text of its own.
    public var line: Int
    /// 1-based.
    public var column: Int
    public var text: String

    public init(line: Int, column: Int, text: String) {
      self.line = line
      self.column = column
      self.text = text
    }

    /// For an expression that no text stands behind.
    public static let none = Origin(line: 0, column: 0, text: "")
  }

  public var type: DataType {
    switch self {
    case .literal(_, let type): type
    case .column(let attribute): attribute.type
    case .call(let call): call.resolution.type
    }
  }

  /// Every column the expression reads.
  public var attributes: Set<Attribute> {
    switch self {
    case .literal: []
    case .column(let attribute): [attribute]
    case .call(let call): call.arguments.reduce(into: Set()) { $0.formUnion($1.attributes) }
    }
  }

  /// The constant, where the expression is one.
  public var constant: Value? {
    if case .literal(let value, _) = self { return value }
    return nil
  }

  /// What stands for the expression in messages: its own text where it has one.
  public var text: String {
    switch self {
    case .literal(let value, let type): value.text(as: type)
    case .column(let attribute): attribute.name
    case .call(let call):
      call.origin.text.isEmpty ? "\(call.function.name)(\(call.arguments.map(\.text).joined(separator: ", ")))" : call.origin.text
    }
  }
}

extension Expression {
  /// The expression with the columns of text lookups in the place of their calls, where there is such a column.
  func replacingLookups(_ column: (TextLookup, Attribute) -> Attribute?) -> Expression {
    guard case .call(var call) = self else { return self }
    if let lookup = call.resolution.lookup, case .column(let text)? = call.arguments.first, let found = column(lookup, text) {
      return .column(found)
    }
    call.arguments = call.arguments.map { $0.replacingLookups(column) }
    return .call(call)
  }

  /// The expression with columns replaced by what stands for them.
  public func replacing(_ columns: [Attribute: Expression]) -> Expression {
    switch self {
    case .literal: return self
    case .column(let attribute): return columns[attribute] ?? self
    case .call(var call):
      call.arguments = call.arguments.map { $0.replacing(columns) }
      return .call(call)
    }
  }
}
