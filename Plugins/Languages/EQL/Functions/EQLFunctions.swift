import MeanwhileData
import MeanwhileEngine

/// The functions that EQL adds to the engine's: those whose rules differ from ES|QL's function of the same name, and those that only EQL has.
///
/// In the registry each has the prefix ``prefix``, so that `length` of EQL and `length` of ES|QL live side by side. Most take a variant without regard to
/// case, whose name ends in `~`.
enum EQLFunctions {
  static let prefix = "eql."

  /// What a query may call, by the name that the language knows, in lower case.
  static let callable: [String: Callable] = {
    var functions: [String: Callable] = [:]
    for (name, callable) in entries { functions[name.lowercased()] = callable }
    return functions
  }()

  /// How a call is made.
  struct Callable: Sendable {
    /// As the documentation spells it.
    var name: String
    /// The registry's name.
    var registered: String
    /// Whether a variant `name~` exists.
    var hasInsensitive = false
    var argumentCount: ClosedRange<Int>
    /// Which arguments are made text before the call, whatever their type.
    var stringified: Stringified = .none

    enum Stringified: Sendable { case none, all }
  }

  private static let entries: [(String, Callable)] = [
    ("add", Callable(name: "add", registered: "+", argumentCount: 2...2)),
    ("between", Callable(name: "between", registered: "eql.between", hasInsensitive: true, argumentCount: 3...4)),
    ("cidrMatch", Callable(name: "cidrMatch", registered: CIDRMatchFunction.name, argumentCount: 2...(.max))),
    ("concat", Callable(name: "concat", registered: "eql.concat", argumentCount: 1...(.max), stringified: .all)),
    ("divide", Callable(name: "divide", registered: "/", argumentCount: 2...2)),
    ("endsWith", Callable(name: "endsWith", registered: "eql.endswith", hasInsensitive: true, argumentCount: 2...2)),
    ("indexOf", Callable(name: "indexOf", registered: "eql.indexof", hasInsensitive: true, argumentCount: 2...3)),
    ("length", Callable(name: "length", registered: "eql.length", argumentCount: 1...1)),
    ("modulo", Callable(name: "modulo", registered: "%", argumentCount: 2...2)),
    ("multiply", Callable(name: "multiply", registered: "*", argumentCount: 2...2)),
    ("number", Callable(name: "number", registered: "eql.number", argumentCount: 1...2)),
    ("startsWith", Callable(name: "startsWith", registered: "eql.startswith", hasInsensitive: true, argumentCount: 2...2)),
    ("string", Callable(name: "string", registered: StringFunction.name, argumentCount: 1...1)),
    ("stringContains", Callable(name: "stringContains", registered: "eql.stringcontains", hasInsensitive: true, argumentCount: 2...2)),
    ("substring", Callable(name: "substring", registered: "eql.substring", argumentCount: 2...3)),
    ("subtract", Callable(name: "subtract", registered: "-", argumentCount: 2...2)),
  ]

  /// What is registered.
  static let scalars: [ScalarFunction] =
    [AnyValueFunction.function, StringFunction.function, CIDRMatchFunction.function, length, substring, number, concat]
    + [false, true].flatMap { isInsensitive in
      [startsWith, endsWith, stringContains, indexOf, between].map { $0(isInsensitive) }
        + [equals(isInsensitive)]
        + [EQLPatternKind.like, .regex].map { PatternFunction.function($0, isInsensitive: isInsensitive) }
    }

  /// A registry with EQL's functions added.
  static func added(to registry: FunctionRegistry) -> FunctionRegistry {
    var registry = registry
    for function in scalars { registry.add(function) }
    return registry
  }
}

// MARK: - Declaring a function

extension EQLFunctions {
  /// Which types an argument may have.
  enum Parameter: Sendable {
    case string, wholeNumber, boolean

    var name: String {
      switch self {
      case .string: "string"
      case .wholeNumber: "integer"
      case .boolean: "boolean"
      }
    }

    func accepts(_ type: DataType) -> Bool {
      switch self {
      case .string: type.isString || type == .null
      case .wholeNumber: type.isWholeNumber || type == .null
      case .boolean: type == .boolean || type == .null
      }
    }
  }

  /// Declares a function of text.
  ///
  /// - Parameters:
  ///   - parameters: the types of the arguments; a repeated last one is given by `repeatsLast`.
  ///   - compute: one row, from arguments that are all there. Gives whether the row has a value, having appended it.
  static func function(
    _ name: String, isInsensitive: Bool = false, _ parameters: [Parameter], repeatsLast: Bool = false, result: DataType, syntax: String,
    summary: String, compute: @escaping @Sendable (_ row: RowArguments, _ result: ColumnBuilder) -> Bool
  ) -> ScalarFunction {
    let documentation = FunctionDocumentation(category: .eql, syntax: syntax, summary: summary)
    return ScalarFunction(
      name: prefix + name.lowercased() + (isInsensitive ? "~" : ""), documentation: documentation
    ) { arguments throws(FunctionError) in
      for (index, argument) in arguments.enumerated() {
        guard let parameter = index < parameters.count ? parameters[index] : repeatsLast ? parameters.last : nil else {
          throw FunctionError("[\(name)] takes at most \(parameters.count) arguments")
        }
        guard parameter.accepts(argument.type) else {
          let place = arguments.count == 1 ? "" : ordinal(index) + " "
          throw FunctionError(
            "\(place)argument of [",
            quotingCall: "] must be [\(parameter.name)], found value [\(argument.text)] type [\(argument.type.name)]")
        }
      }
      return ScalarFunction.Resolution(
        type: result,
        kernel: .eager { columns, frame in
          DictionaryEvaluation.evaluate(columns, rowCount: frame.rowCount) { columns, rowCount in
            let builder = ColumnBuilder(type: result, capacity: rowCount)
            for row in 0..<rowCount {
              let arguments = RowArguments(columns: columns, row: row)
              let hasValue = !arguments.hasNull && compute(arguments, builder)
              builder.endRow(valueCount: hasValue ? 1 : 0)
            }
            return builder.finish()
          }
        })
    }
  }

  private static func ordinal(_ index: Int) -> String {
    let names = ["first", "second", "third", "fourth", "fifth"]
    return index < names.count ? names[index] : "\(index + 1)th"
  }
}
