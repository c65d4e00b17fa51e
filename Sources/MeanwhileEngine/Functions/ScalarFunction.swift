import MeanwhileData

/// A function of a row's values: operator, ES|QL function, EQL function, Query DSL leaf. One declaration holds everything about it.
public struct ScalarFunction: Sendable {
  /// Canonical name in lower case, such as `substring`; operators have their sign, such as `+` or `==`.
  public var name: String
  public var aliases: [String]
  public var documentation: FunctionDocumentation
  /// Checks the arguments' types and chooses a kernel.
  ///
  /// - Throws: ``FunctionError`` with the text that the language puts behind line and column.
  public var resolve: @Sendable (_ arguments: [Argument]) throws(FunctionError) -> Resolution
  /// Whether equal arguments give equal results, so that constants fold. False for what depends on the moment of evaluation.
  public var isDeterministic: Bool

  public init(
    name: String, aliases: [String] = [], documentation: FunctionDocumentation, isDeterministic: Bool = true,
    resolve: @escaping @Sendable (_ arguments: [Argument]) throws(FunctionError) -> Resolution
  ) {
    self.name = name
    self.aliases = aliases
    self.documentation = documentation
    self.isDeterministic = isDeterministic
    self.resolve = resolve
  }

  /// What is known of an argument before evaluation.
  public struct Argument: Sendable {
    public var type: DataType
    /// Set where the argument is a constant: patterns and the like are compiled once, at resolution.
    public var constant: Value?
    /// The argument's text, for messages.
    public var text: String

    public init(type: DataType, constant: Value?, text: String) {
      self.type = type
      self.constant = constant
      self.text = text
    }
  }

  /// A function for certain argument types.
  public struct Resolution: Sendable {
    public var type: DataType
    public var kernel: Kernel
    /// What the function asks of a text field, its one argument: a scan of the field may answer it by inverted index.
    var lookup: TextLookup?

    public init(type: DataType, kernel: Kernel) {
      self.type = type
      self.kernel = kernel
    }
  }

  /// How a batch is computed.
  public enum Kernel: Sendable {
    /// Arguments come evaluated, as columns of `frame.rowCount` rows, constants as constant columns.
    case eager(@Sendable (_ arguments: [Column], _ frame: EvaluationFrame) throws -> Column)
    /// Arguments are evaluated by the kernel, for the rows that it chooses (`CASE`, `COALESCE`, `AND`, `OR`).
    case lazy(@Sendable (_ arguments: [CompiledExpression], _ frame: EvaluationFrame) throws -> Column)
  }
}
