import MeanwhileData

extension ScalarFunction {
  /// Declares a function in one breath: how many arguments, of which types, with which result.
  ///
  /// - Parameters:
  ///   - accepted: the types of each argument; the last stands for all further ones.
  ///   - result: the result's type, from the arguments'.
  ///   - compute: the kernel for a batch. Called once for each use, so that caches belong to that use.
  static func declare(
    _ name: String, aliases: [String] = [], _ documentation: FunctionDocumentation, count: ClosedRange<Int>, _ accepted: [TypeSet],
    result: @escaping @Sendable ([Argument]) -> DataType,
    compute: @escaping @Sendable ([Argument], DataType) throws(FunctionError) -> (@Sendable ([Column], EvaluationFrame) throws -> Column)
  ) -> ScalarFunction {
    ScalarFunction(name: name, aliases: aliases, documentation: documentation) { arguments throws(FunctionError) in
      try arguments.expectCount(name, count)
      for index in arguments.indices where !accepted.isEmpty { try arguments.expect(index, accepted[min(index, accepted.count - 1)]) }
      let type = result(arguments)
      if documentation.propagatesNull, arguments.contains(where: { $0.type == .null }) {
        return Resolution(type: type, kernel: .eager { _, frame in .nulls(type, rowCount: frame.rowCount) })
      }
      return Resolution(type: type, kernel: .eager(try compute(arguments, type)))
    }
  }
}
