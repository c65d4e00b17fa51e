import Meanwhile
import MeanwhileData
import MeanwhileEngine
import Testing

@testable import MeanwhileESQL

/// Queries that were broken on purpose: whatever comes, the answer is a plan or an error that says what is wrong, and it comes soon.
@Suite("Fuzzed queries", .timeLimit(.minutes(5)))
struct QueryFuzzTests {
  private static let store: FixedIndexStore = {
    var store = FixedIndexStore()
    store.add("logs", fields: [("a", .long), ("b", .keyword), ("c", .double), ("d", .date), ("e", .text), ("f", .ip), ("g", .boolean)])
    return store
  }()

  /// Something of everything that the language has.
  private static let corpus = [
    "FROM logs METADATA _id, _score | WHERE a > 1 AND b LIKE \"x*\" OR NOT g | KEEP a, b* | SORT a DESC NULLS LAST, b | LIMIT 10",
    "FROM logs | STATS n = COUNT(*), m = MAX(a) WHERE c > 0.5 BY b, day = BUCKET(d, 1 month) | EVAL x = n / m::double",
    "ROW a = [1, 2, 3], b = \"\"\"raw \"text\" here\"\"\", c = -1.5e3, d = null, e = true | MV_EXPAND a | DROP d",
    "FROM logs | DISSECT b \"%{first} %{+rest}\" | GROK e \"%{WORD:w} %{NUMBER:n:int}\" | RENAME a AS `odd name`, c = d",
    "SET time_zone = \"Europe/Madrid\"; FROM logs | EVAL x = DATE_TRUNC(1 day, d) + 3 hours - 2 weeks, y = CASE(a == 1, \"one\", b)",
    "FROM logs | WHERE MATCH(e, \"quick fox\", {\"operator\": \"AND\"}) OR e : \"dog\" | WHERE a IN (1, 2, ?) AND f IS NOT NULL",
    "FROM logs, (FROM logs | WHERE a > 2) | FORK (WHERE a < 5 | LIMIT 2) (STATS AVG(c)) | INLINE STATS z = SUM(a) BY b",
    "FROM logs // a comment\n| EVAL /* another */ s = CONCAT(b, \" \\\"quoted\\\" \\n\", e), r = b RLIKE (\"a.*\", \"[b-d]+\") | DEDUP",
    "FROM logs | LIMIT 2 BY b, a % 3 | FILLNULL \"none\" ON b | SAMPLE 0.5 | URI_PARTS u = b | DISTINCT",
    "FROM log*,-logs-old | WHERE (((a + 1) * -2) % 3 != 0) AND ?name == ?1 AND b NOT IN (\"x\", \"y\") | KEEP *, -a",
  ]

  private static let fragments = [
    "(", ")", "[", "]", "{", "}", "\"", "\"\"\"", "`", "|", ",", "::", ":", "=", "==", "!=", "-", "- -", "*", "?", "??x", "?_a", "9e999",
    "1d",
    "99999999999999999999", "0x", "\\", "\u{0}", "é", "😀", "\n", "/*", "//", "NOT", "NULL", "BY", "IN", "LIKE", "1 month", "NULLS FIRST",
    "WHERE",
    "COUNT(", "_", "@", "#", "$", ";", "SET x=1;", "CASE(", "MV_SLICE(a, 9223372036854775807, -9223372036854775808)",
  ]

  @Test("a broken query is planned or refused", arguments: 1...UInt64(20))
  func survives(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<150 {
      let query = Self.mutated(&random)
      let start = SystemTimeSource().uptimeNanoseconds()
      do {
        _ = try await plan(query)
      } catch let error as APIError {
        // What the query did wrong is the query's fault, and no reason is empty.
        #expect(error.status == 400 && !error.reason.isEmpty, "seed \(seed): \(error)\n\(query)")
      } catch {
        Issue.record("seed \(seed): \(error) is not typed\n\(query)")
      }
      let seconds = (SystemTimeSource().uptimeNanoseconds() &- start) / 1_000_000_000
      #expect(seconds < 30, "seed \(seed) took \(seconds) s\n\(query)")
    }
  }

  @Test(
    "limits have their error",
    arguments: [
      ("(", 100_000, "", "exceeded the maximum expression depth allowed (400)"),
      ("- ", 5_000, "1", "exceeded the maximum expression depth allowed (400)"),
      ("NOT ", 5_000, "true", "exceeded the maximum expression depth allowed (400)"),
      ("ABS(", 5_000, "1", "exceeded the maximum expression depth allowed (400)"),
      ("1 + ", 5_000, "1", "exceeded the maximum expression depth allowed (400)"),
      ("x", 1_000_001, "", "ESQL statement is too large [1000009 characters > 1000000]"),
      ("1 | LIMIT ", 600, "1", "exceeded the maximum query depth allowed (500)"),
    ])
  func limits(repeated: String, count: Int, end: String, reason: String) async throws {
    let query = "ROW a = " + String(repeating: repeated, count: count) + end
    let error = await #expect(throws: APIError.self) { _ = try await plan(query) }
    #expect(error?.reason.contains(reason) == true, "\(error?.reason.prefix(300) ?? "")")
    #expect(error?.type == "parsing_exception")
  }

  private static func mutated(_ random: inout SeededGenerator) -> String {
    var query = random.pick(corpus)
    for _ in 0..<1 + random.below(6) {
      var scalars = Array(query.unicodeScalars)
      let at = random.below(scalars.count + 1)
      let until = min(scalars.count, at + random.below(12))
      switch random.below(7) {
      case 0: scalars.removeSubrange(at..<until)
      case 1: scalars.insert(contentsOf: random.pick(fragments).unicodeScalars, at: at)
      case 2: scalars.insert(contentsOf: scalars[at..<until], at: at)
      case 3:
        let other = Array(random.pick(corpus).unicodeScalars)
        scalars.replaceSubrange(at..<until, with: other[random.below(other.count)...].prefix(40))
      case 4: scalars.insert(Unicode.Scalar(UInt8(32 + random.below(95))), at: at)
      case 5: scalars.removeSubrange(at...)
      default: if until > at { scalars[at..<until].reverse() }
      }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars.prefix(4_000))
      query = String(view)
      if query.isEmpty { query = "|" }
    }
    return query
  }

  private func plan(_ query: String) async throws -> Plan {
    let syntax = try Parser.parse(query)
    var environment = AnalysisEnvironment(functions: .standard, settings: QuerySettings(now: Timestamp(milliseconds: 0)))
    try environment.apply(syntax.settings)
    environment.sources = try await IndexResolution(store: Self.store).resolve(syntax.sources)
    return Optimiser.optimise(try Analyser.analyse(syntax, in: environment), functions: .standard)
  }
}
