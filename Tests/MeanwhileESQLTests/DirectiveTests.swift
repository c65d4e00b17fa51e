import Meanwhile
import MeanwhileData
import Testing

@Suite("Directives, options and profiles")
struct DirectiveTests {
  private static func service() async throws -> QueryService {
    try await QueryService(
      fields: ["n": .integer],
      documents: [#"{"n": 1, "host": "a", "deep": {"er": [1, true]}}"#, #"{"n": 2, "dotted.name": "x"}"#, #"{"n": 3}"#])
  }

  @Test(
    "fields that no mapping has are an error, null, or what the documents have",
    arguments: [
      ("", "host", "Found 1 problem\nline 1:30: Unknown column [host]"),
      (#"SET unmapped_fields = "nullify"; "#, "host", "[[1,null],[2,null],[3,null]]"),
      (#"SET unmapped_fields = "load"; "#, "host", #"[[1,"a"],[2,null],[3,null]]"#),
      (#"SET unmapped_fields = "load"; "#, "deep.er", #"[[1,["1","true"]],[2,null],[3,null]]"#),
      (#"SET unmapped_fields = "load"; "#, "dotted.name", #"[[1,null],[2,"x"],[3,null]]"#),
      (
        #"SET unmapped_fields = "guess"; "#, "host",
        "Found 1 problem\nline 1:1: Error validating setting [unmapped_fields]: "
          + "Invalid unmapped_fields resolution [guess], must be one of [DEFAULT, NULLIFY, LOAD]"
      ),
    ])
  func unmapped(directive: String, column: String, expected: String) async throws {
    #expect(try await Self.service().rows(directive + "FROM docs | SORT n | KEEP n, \(column)") == expected)
  }

  @Test(
    "functions take options",
    arguments: [
      (#"ROW x = TO_IP("1.1.010.1", {"leading_zeros": "octal"})"#, #"[["1.1.8.1"]]"#),
      (#"ROW x = TO_IP("1.1.010.1", {"leading_zeros": "decimal"})"#, #"[["1.1.10.1"]]"#),
      (
        #"ROW x = DATE_PARSE("yyyy-MM-dd", "2025-09-10", {"time_zone": "Europe/Paris"})"#, #"[["2025-09-09T22:00:00.000Z"]]"#
      ),
      (
        #"ROW x = DATE_PARSE("dd MMMM yyyy", "10 septembre 2025", {"locale": "fr"})"#, #"[["2025-09-10T00:00:00.000Z"]]"#
      ),
      (#"ROW x = ABS(1, {"a": 1})"#, "Found 1 problem\nline 1:9: error building [abs]: takes no options"),
      (#"ROW x = TO_INTEGER("2147483647.2"), y = TO_LONG("0.49999999999999994")"#, "[[null,0]]"),
    ])
  func options(query: String, expected: String) async throws {
    #expect(try await Self.service().rows(query) == expected)
  }

  @Test("a profile says what each stage did, and which plan was run")
  func profile() async throws {
    let answer = try await Self.service().ask("FROM docs | WHERE n > 1 | STATS c = COUNT(*) BY n | SORT n", ["profile": true])
    let profile = try #require(answer["profile"])
    let drivers = try #require(profile["drivers"]?.array)
    let operators = drivers.flatMap { $0["operators"]?.array ?? [] }
    #expect(operators.first?["operator"]?.string?.hasPrefix("ScanOperator[") == true)
    #expect(operators.first?["status"]?["rows_emitted"] == 2)
    for step in operators {
      let status = try #require(step["status"])
      #expect(status["process_nanos"]?.int != nil && status["rows_received"]?.int != nil && status["bytes_emitted"]?.int != nil)
    }
    let aggregate = try #require(operators.first { $0["operator"]?.string?.hasPrefix("AggregateOperator") == true })
    #expect(aggregate["status"]?["rows_received"] == 2 && aggregate["status"]?["pages_processed"] == 1)
    #expect(drivers.allSatisfy { $0["took_nanos"]?.int != nil })
    #expect(profile["plans"]?.array?.first?["plan"]?.string?.hasPrefix("scan [n]") == true)
    #expect(try await Self.service().ask("FROM docs")["profile"] == nil)
  }
}
