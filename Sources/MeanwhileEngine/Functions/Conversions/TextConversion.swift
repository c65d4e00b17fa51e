import MeanwhileData

extension ScalarFunction {
  /// `TO_TEXT(string)`.
  static let toText = declare(
    "to_text",
    FunctionDocumentation(
      category: .conversion, syntax: "TO_TEXT(string)", summary: "A string as text, which full-text functions cut into words.",
      examples: [.init("ROW x = TO_TEXT(\"a b\")", "a b")]), count: 1...1, [.string], result: { _ in .text }
  ) { _, _ throws(FunctionError) in { columns, _ in columns[0].retyped(.text) } }
}
