/// Functions that search. A language that has them turns a call into a ``SearchQuery``, whose condition takes the call's place; what is declared here is how they are
/// called, and what they are for.
extension ScalarFunction {
  static let search: [ScalarFunction] = [
    searching(
      "match", "MATCH(field, query, [options])",
      "Whether a field matches a query: a text by any of its words, anything else by being equal.",
      .init("ROW a = TO_TEXT(\"one two\") | WHERE MATCH(a, \"two three\")", "one two")),
    searching(
      "match_phrase", "MATCH_PHRASE(field, query, [options])", "Whether a text has the words of a query one after the other.",
      .init("ROW a = TO_TEXT(\"one two three\") | WHERE MATCH_PHRASE(a, \"two three\")", "one two three")),
    searching(
      "term", "TERM(field, query)", "Whether a field has exactly a term, which is not cut into words.",
      .init("ROW a = TO_TEXT(\"one two\") | WHERE TERM(a, \"two\")", "one two")),
    searching(
      "qstr", "QSTR(query, [options])", "Whether a row matches a query in Lucene's syntax, such as `title: one OR author: tw*`.", nil),
    searching(
      "kql", "KQL(query, [options])", "Whether a row matches a query in Kibana's language, such as `status: error and bytes > 100`.", nil),
  ]

  private static func searching(_ name: String, _ syntax: String, _ summary: String, _ example: FunctionDocumentation.Example?)
    -> ScalarFunction
  {
    ScalarFunction(
      name: name,
      documentation: FunctionDocumentation(
        category: .search, syntax: syntax, summary: summary, propagatesNull: false, examples: example.map { [$0] } ?? [])
    ) { _ throws(FunctionError) in
      throw FunctionError("[\(name.uppercased())] function is not supported here")
    }
  }
}
