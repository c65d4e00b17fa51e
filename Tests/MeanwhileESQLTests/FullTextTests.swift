import Meanwhile
import MeanwhileData
import Testing

@Suite("Full text in ES|QL")
struct FullTextTests {
  private static func library() async throws -> QueryService {
    try await QueryService(
      fields: ["title": .text, "pages": .integer],
      documents: [
        #"{"title": "The Hobbit", "pages": 310}"#, #"{"title": "The Lord of the Rings", "pages": 1178}"#,
        #"{"title": "Rings and things", "pages": 90}"#,
      ])
  }

  @Test(
    "finds words that are nearly those asked for",
    arguments: [
      (#"MATCH(title, "hobbjt", {"fuzziness": 1})"#, #"[["0"]]"#),
      (#"MATCH(title, "hobbjt")"#, "[]"),
      (#"MATCH(title, "gnirs", {"fuzziness": 1})"#, "[]"),
      (#"MATCH(title, "rnigs", {"fuzziness": "AUTO"})"#, #"[["1"],["2"]]"#),
      (#"MATCH(title, "rnigs", {"fuzziness": 1, "fuzzy_transpositions": false})"#, "[]"),
      (#"MATCH(title, "pings lork", {"fuzziness": 1, "operator": "AND"})"#, #"[["1"]]"#),
      (#"MATCH(title, "pings", {"fuzziness": 1, "prefix_length": 1})"#, "[]"),
      (#"QSTR("title: Hobbjt~")"#, #"[["0"]]"#),
      (#"QSTR("title: Hobbzz~", {"fuzziness": 1})"#, "[]"),
      (#"QSTR("title: Hobbzz~", {"fuzziness": 2})"#, #"[["0"]]"#),
      (#"KQL("pages < 100", {"boost": 2.0})"#, #"[["2"]]"#),
      (#"KQL("hobbit", {"default_field": "title"})"#, #"[["0"]]"#),
      (#"KQL("hobbit", {"default_field": "pages"})"#, "[]"),
      (#"KQL("title: HOB*")"#, #"[["0"]]"#),
      (#"MATCH_PHRASE(title, "lord rings")"#, "[]"),
      (#"MATCH_PHRASE(title, "lord rings", {"slop": 2})"#, #"[["1"]]"#),
      (#"MATCH_PHRASE(title, "things rings", {"slop": 2})"#, "[]"),
      (#"MATCH_PHRASE(title, "things rings", {"slop": 3})"#, #"[["2"]]"#),
      (#"QSTR("title: \"lord rings\"~2")"#, #"[["1"]]"#),
    ])
  func fuzzy(condition: String, expected: String) async throws {
    #expect(try await Self.library().rows("FROM docs METADATA _id | WHERE \(condition) | SORT _id | KEEP _id") == expected)
  }

  @Test("an option that a function does not take is refused with those that it takes")
  func options() async throws {
    #expect(
      try await Self.library().rows(#"FROM docs | WHERE MATCH_PHRASE(title, "a", {"fuzziness": 1})"#)
        == "Found 1 problem\nline 1:19: Invalid option [fuzziness] in [MATCH_PHRASE(title, \"a\", {\"fuzziness\": 1})], "
        + "expected one of [analyzer, boost, slop, zero_terms_query]")
  }

  @Test("keywords match in their own case, unless KQL is told otherwise; its dates are of the zone it is told")
  func kibanaOptions() async throws {
    let service = try await QueryService(
      fields: ["host": .keyword, "at": .date],
      documents: [#"{"host": "Web-1", "at": "2024-01-01T00:30:00Z"}"#, #"{"host": "db-1", "at": "2024-01-01T12:00:00Z"}"#])
    let cases: [(query: String, count: String)] = [
      (#"KQL("host: web-1")"#, "[[0]]"), (#"KQL("host: web-1", {"case_insensitive": true})"#, "[[1]]"),
      (#"KQL("host: web*")"#, "[[0]]"), (#"KQL("host: web*", {"case_insensitive": true})"#, "[[1]]"),
      (#"KQL("at < \"2024-01-01T01:00:00\"")"#, "[[1]]"),
      (#"KQL("at < \"2024-01-01T01:00:00\"", {"time_zone": "+01:00"})"#, "[[0]]"),
    ]
    for (query, count) in cases {
      #expect(try await service.rows("FROM docs | WHERE \(query) | STATS n = COUNT(*)") == count, "\(query)")
    }
  }

  @Test("SCORE is the relevance of one condition, 0 where it does not hold")
  func score() async throws {
    let library = try await Self.library()
    #expect(
      try await library.rows(#"FROM docs METADATA _id | EVAL s = SCORE(MATCH(title, "rings")) | SORT s DESC | KEEP _id"#)
        == #"[["2"],["1"],["0"]]"#)
    #expect(
      try await library.rows(#"FROM docs METADATA _id | EVAL s = SCORE(MATCH(title, "rings")) | WHERE s == 0 | KEEP _id"#) == #"[["0"]]"#)
    #expect(
      try await library.rows("FROM docs | EVAL s = SCORE(pages > 1)")
        == "Found 1 problem\nline 1:22: [SCORE] function requires a full text function as argument, found [pages > 1]")
  }

  @Test(
    "what is to come is refused by name",
    arguments: [
      ("ROW a = ST_DISTANCE(1, 2)", "function [ST_DISTANCE] is not supported yet: geographic functions are to come"),
      ("ROW a = KNN(1, 2)", "function [KNN] is not supported yet: dense vector functions are to come"),
      ("FROM docs | STATS RATE(pages)", "function [RATE] is not supported yet: time series functions are to come"),
      ("FROM docs | RERANK x", "command [RERANK] is not supported yet"), ("TS docs", "command [TS] is not supported yet"),
    ])
  func later(query: String, reason: String) async throws {
    #expect(try await Self.library().rows(query).contains(reason))
  }
}
