import Meanwhile
import MeanwhileData
import Testing

@Suite("Warnings of several values")
struct WarningTests {
  private static func service() async throws -> QueryService {
    try await QueryService(
      fields: ["n": .integer, "m": .integer, "a": .ip],
      documents: [
        #"{"n": [1, 2], "m": 1, "a": ["10.0.0.1", "10.0.0.2"]}"#, #"{"n": 1, "m": 2, "a": "10.0.0.1"}"#,
        #"{"n": 3, "m": 3, "a": "10.0.1.7"}"#,
      ])
  }

  @Test(
    "alternatives that ask one column are one question, and warn once, of the column",
    arguments: [
      ("FROM docs | WHERE n == 1 OR m == 9 OR n == 3 | KEEP m", "Line 1:19: evaluation of [n] failed", "[[2],[3]]"),
      ("FROM docs | WHERE m == 9 OR n IN (1, 2) OR 3 == n | KEEP m", "Line 1:29: evaluation of [n] failed", "[[2],[3]]"),
      (
        #"FROM docs | WHERE CIDR_MATCH(a, "10.0.1.0/24") OR a == "10.0.0.1" | KEEP m"#, "Line 1:30: evaluation of [a] failed",
        "[[2],[3]]"
      ),
    ])
  func alternatives(query: String, warning: String, rows: String) async throws {
    let warnings = try await Self.service().warnings(query)
    #expect(warnings.count == 2 && warnings.first?.hasPrefix(warning) == true, "\(warnings)")
    #expect(try await Self.service().rows(query) == rows)
  }

  @Test(
    "several values are warned of whatever another condition makes of the row",
    arguments: [
      "FROM docs | WHERE n + m > 0 AND m > 1", "FROM docs | WHERE m > 1 | WHERE n > 0", "FROM docs | WHERE n > 0 AND m > 1",
    ])
  func conditions(query: String) async throws {
    let isCompared = !query.contains("+")
    #expect(try await Self.service().warnings(query).isEmpty != isCompared)
  }

  @Test("a unit of time that a row spells wrong is answered with those it may have meant")
  func units() async throws {
    let service = try await QueryService(fields: ["u": .keyword], documents: [#"{"u": "monht"}"#, #"{"u": "parsec"}"#])
    let query = "FROM docs | EVAL d = NOW(), x = DATE_DIFF(u, d, d) | SORT u | KEEP x"
    let warnings = try await service.warnings(query).joined()
    #expect(warnings.contains("Received value [monht] is not valid date part to add; did you mean [months, month, minute]"))
    #expect(
      warnings.contains(
        "A value of [YEAR, QUARTER, MONTH, DAYOFYEAR, DAY, WEEK, WEEKDAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, NANOSECOND] "
          + "or their aliases is required; received [parsec]"))
  }
}
