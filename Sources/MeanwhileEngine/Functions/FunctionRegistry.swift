import MeanwhileData

/// All functions by name. Languages make calls through it; it is a value, so a build may add functions of its own.
public struct FunctionRegistry: Sendable {
  private var scalars: [String: ScalarFunction] = [:]
  private var aggregates: [String: AggregateFunction] = [:]

  public init() {}

  public mutating func add(_ function: ScalarFunction) {
    for name in [function.name] + function.aliases { scalars[name] = function }
  }

  public mutating func add(_ function: AggregateFunction) {
    for name in [function.name] + function.aliases { aggregates[name] = function }
  }

  /// A function by name or alias, in lower case.
  public func scalar(_ name: String) -> ScalarFunction? { scalars[name] }

  public func aggregate(_ name: String) -> AggregateFunction? { aggregates[name] }

  /// Canonical names, sorted.
  public var names: [String] { Set(scalars.values.map(\.name) + aggregates.values.map(\.name)).sorted() }

  /// Every name and alias, for "did you mean".
  public var spellings: [String] { Array(scalars.keys) + Array(aggregates.keys) }

  /// Applies a function to checked arguments.
  ///
  /// - Parameter name: a name that ``scalar(_:)`` knows.
  /// - Throws: ``FunctionError`` where there is no such function or it does not take these arguments.
  public func call(_ name: String, _ arguments: [Expression], texts: [String]? = nil, origin: Expression.Origin = .none)
    throws(FunctionError)
    -> Expression
  {
    guard let function = scalar(name) else { throw FunctionError("Unknown function [\(name)]") }
    let resolution: ScalarFunction.Resolution
    do {
      resolution = try function.resolve(Self.describe(arguments, texts))
    } catch {
      throw Self.located(error, name, arguments, texts, origin)
    }
    return .call(Expression.Call(function: function, arguments: arguments, resolution: resolution, origin: origin))
  }

  /// Chooses an aggregate's implementation for checked arguments.
  ///
  /// - Parameter name: a name that ``aggregate(_:)`` knows.
  /// - Throws: ``FunctionError`` where there is no such function or it does not take these arguments.
  public func resolveAggregate(
    _ name: String, _ arguments: [Expression], texts: [String]? = nil, origin: Expression.Origin = .none
  ) throws(FunctionError) -> (function: AggregateFunction, resolution: AggregateFunction.Resolution) {
    guard let function = aggregate(name) else { throw FunctionError("Unknown function [\(name)]") }
    do {
      return (function, try function.resolve(Self.describe(arguments, texts)))
    } catch {
      throw Self.located(error, name, arguments, texts, origin)
    }
  }

  private static func describe(_ arguments: [Expression], _ texts: [String]?) -> [ScalarFunction.Argument] {
    arguments.enumerated().map { index, argument in
      let text = texts.flatMap { index < $0.count ? $0[index] : nil } ?? argument.text
      return ScalarFunction.Argument(type: argument.type, constant: argument.constant, text: text)
    }
  }

  private static func located(
    _ error: FunctionError, _ name: String, _ arguments: [Expression], _ texts: [String]?, _ origin: Expression.Origin
  ) -> FunctionError {
    var error = error
    error.callText =
      origin.text.isEmpty ? "\(name)(\((texts ?? arguments.map(\.text)).joined(separator: ", ")))" : origin.text
    return error
  }
}
