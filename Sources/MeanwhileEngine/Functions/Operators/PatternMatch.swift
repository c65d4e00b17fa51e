import MeanwhileData

extension ScalarFunction {
  /// `x LIKE "a*"`.
  static let like = pattern(
    OperatorName.like, syntax: "value LIKE pattern",
    summary: "Whether a string matches a pattern in which `*` stands for any run of characters and `?` for one.",
    example: .init("ROW x = \"hello\" LIKE \"he*\"", "true")
  ) { try TextPattern.wildcard($0) }

  /// `x RLIKE "a.*"`.
  static let rlike = pattern(
    OperatorName.rlike, syntax: "value RLIKE pattern", summary: "Whether a string as a whole matches a regular expression of Lucene's.",
    example: .init("ROW x = \"hello\" RLIKE \"h.l+o\"", "true")
  ) { try TextPattern.regexp($0) }

  private static func pattern(
    _ name: String, syntax: String, summary: String, example: FunctionDocumentation.Example,
    compile: @escaping @Sendable (String) throws -> TextPattern
  ) -> ScalarFunction {
    ScalarFunction(
      name: name, documentation: FunctionDocumentation(category: .operators, syntax: syntax, summary: summary, examples: [example])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name.uppercased(), 2...2)
      for index in 0...1 { try arguments.expect(index, .string) }
      try arguments.expectConstant(1)
      guard case .bytes(let bytes)? = arguments[1].constant else {
        return Resolution(type: .boolean, kernel: .eager { _, frame in .nulls(.boolean, rowCount: frame.rowCount) })
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let pattern: TextPattern
      do {
        pattern = try compile(text)
      } catch {
        throw FunctionError("Invalid pattern for \(name.uppercased()) [\(text)]: [\(error)]")
      }
      let cache = DictionaryCache<Vector<UInt8>>()
      return Resolution(
        type: .boolean,
        kernel: .eager { arguments, frame in
          frame.mapBytes(arguments[0], cache: cache, type: .boolean) { pattern.matches($0) ? 1 : 0 }
        })
    }
  }
}
