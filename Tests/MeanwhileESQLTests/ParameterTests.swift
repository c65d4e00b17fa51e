import Meanwhile
import Testing

@testable import MeanwhileESQL

@Suite("Parameters in a query")
struct ParameterTests {
  private static let unnamed = QueryParameters(entries: [
    .init(name: nil, kind: .value, value: .integer(5)), .init(name: nil, kind: .value, value: .string("x")),
  ])
  private static let named = QueryParameters(entries: [
    .init(name: "n", kind: .value, value: .integer(5)), .init(name: "field", kind: .identifier, value: .string("a.b")),
    .init(name: "some", kind: .pattern, value: .string("a*")), .init(name: "text", kind: .value, value: .string("length")),
  ])

  @Test(
    "stand for constants, names and patterns",
    arguments: [
      ("from a | where x == ? and y == ?", unnamed, "FROM a | WHERE ((x == 5) AND (y == \"x\"))"),
      ("from a | where x == ?2 and y == ?1 | limit ?1", unnamed, "FROM a | WHERE ((x == \"x\") AND (y == 5)) | LIMIT 5"),
      ("from a | where ?field > ?n", named, "FROM a | WHERE (a.b > 5)"),
      ("from a | eval z = ??text(x), y = ??text", named, "FROM a | EVAL z = length(x), y = length"),
      ("from a | keep ?some, ?field, c.??text", named, "FROM a | KEEP a*, a.b, c.length"),
      ("from a | sort ?field | where x like ?text", named, "FROM a | SORT a.b ASC NULLS LAST | WHERE (x LIKE \"length\")"),
      ("from a | where x in (?n, ?text)", named, "FROM a | WHERE (x IN (5, \"length\"))"),
      ("row `?n` = 1", named, "ROW ?n = 1"),
    ])
  func bound(query: String, parameters: QueryParameters, expected: String) throws {
    #expect(try Parser.parse(query, parameters: parameters).description == expected)
  }

  @Test(
    "are all checked before any is complained of",
    arguments: [
      (
        "row x = ?n1, y = ?fields", named,
        "line 1:9: Unknown query parameter [n1], did you mean [n]?; line 1:18: Unknown query parameter [fields], did you mean [field]?"
      ),
      ("row x = ?3", unnamed, "line 1:9: No parameter is defined for position 3, did you mean any position between 1 and 2?"),
      ("row x = ?, y = ?", QueryParameters(), "line 1:9: Not enough actual parameters 0; line 1:16: Not enough actual parameters 0"),
      (
        "row x = ?, y = ?n", named,
        "line 1:16: Inconsistent parameter declaration, use one of positional, named or anonymous params but not a combination of named and anonymous"
      ),
    ])
  func problems(query: String, parameters: QueryParameters, expected: String) {
    let error = #expect(throws: APIError.self) { try Parser.parse(query, parameters: parameters) }
    #expect(error?.type == "parsing_exception")
    #expect(error?.reason == expected)
  }
}
