import Meanwhile
import MeanwhileData
import MeanwhileEngine
import Testing

@testable import MeanwhileESQL

@Suite("Analyser")
struct AnalyserTests {
  private static let store: FixedIndexStore = {
    var store = FixedIndexStore()
    store.add(
      "logs-a",
      fields: [
        ("message", .text), ("message.raw", .keyword), ("status", .integer), ("bytes", .long), ("@timestamp", .date), ("client.ip", .ip),
        ("ok", .boolean), ("place", .object), ("place.city", .keyword), ("mixed", .keyword), ("blob", .binary),
      ])
    store.add("logs-b", fields: [("status", .integer), ("mixed", .long), ("extra", .double)], aliases: ["newest"])
    store.add(".hidden", fields: [("x", .long)])
    return store
  }()

  private func plan(_ query: String) async throws -> (plan: Plan, warnings: [String]) {
    let syntax = try Parser.parse(query)
    var environment = AnalysisEnvironment(
      functions: .standard, settings: QuerySettings(now: Timestamp(milliseconds: 0)))
    try environment.apply(syntax.settings)
    environment.sources = try await IndexResolution(store: Self.store).resolve(syntax.sources)
    let plan = Optimiser.optimise(try Analyser.analyse(syntax, in: environment), functions: .standard)
    return (plan, environment.warnings.texts)
  }

  @Test(
    "gives FROM's columns in order, those of all its indices",
    arguments: [
      ("from logs-b", "extra, mixed, status"),
      ("from newest metadata _id, _index", "extra, mixed, status, _id, _index"),
      (
        "from logs-*,-logs-b",
        "@timestamp, blob, bytes, client.ip, message, message.raw, mixed, ok, place.city, status"
      ),
      ("from logs-* | drop m*, b*, *.*, ok, `@timestamp`", "extra, status"),
      ("from logs-a | keep *s, status, b*", "status, blob, bytes"),
      ("from logs-a | keep status, *, bytes", "status, @timestamp, blob, client.ip, message, message.raw, mixed, ok, place.city, bytes"),
      ("from logs-a | keep status, bytes | rename status as bytes", "bytes"),
      ("from logs-a | keep status, bytes, ok | rename status as s, s as t, bytes as status", "t, status, ok"),
      ("row a = 1, b = 2 | eval a = b | eval c = a", "b, a, c"),
      ("row a = 1, b = 2 | stats count(*), m = max(a) by b", "count(*), m, b"),
    ])
  func columns(query: String, expected: String) async throws {
    #expect(try await plan(query).plan.output.map(\.name).joined(separator: ", ") == expected)
  }

  @Test(
    "plans",
    arguments: [
      ("row a = 1 + 2 * 3 | limit 5", "rows\nlimit 5\neval a = 7\nproject a"),
      ("from logs-b | keep status | limit 20000", "scan [status]\nlimit 10000\nproject status"),
      (
        "from logs-a | where status == 200 or ok or status == 404 | keep status | limit 3",
        "scan [ok, status] where or(ok, in(status, 200, 404))\nlimit 3\nproject status"
      ),
      (
        "from logs-a | eval x = bytes * 2 | where status == 200 and x > 5 | keep x | limit 3",
        "scan [bytes, status] where ==(status, 200)\neval x = *(bytes, 2)\nfilter >(x, 5)\nlimit 3\nproject x"
      ),
      (
        "from logs-a | sort bytes desc, status | keep ok | limit 3",
        "scan [bytes, ok, status]\ntop 3 bytes desc nulls first, status asc nulls last\nproject ok"
      ),
      (
        "from logs-a | sort bytes | stats c = count(*), s = sum(bytes) + 1 by status | drop c | limit 10",
        "scan [bytes, status]\naggregate sum(bytes) = sum(bytes) by status = status\nlimit 10\neval s = +(sum(bytes), 1)\nproject s, status"
      ),
      (
        "from logs-a | where `@timestamp` > \"1970-01-01T00:00:01Z\" | keep ok | limit 1",
        "scan [@timestamp, ok] where >(@timestamp, date:1000)\nlimit 1\nproject ok"
      ),
      (
        "from logs-a | stats max(bytes) where ok by b = bytes % 10 | limit 1",
        "scan [bytes, ok]\neval b = %(bytes, 10)\naggregate max(bytes) = max(bytes) where ok by b = b\nlimit 1\n"
          + "eval max(bytes) where ok = max(bytes)\nproject max(bytes) where ok, b"
      ),
      (
        "from logs-a | eval x = bytes * 2 | stats c = count(*) | limit 1", "rows\nlimit 1\neval c = count(*)\nproject c"
      ),
      (
        "from logs-a | where ok | stats c = count(*) | limit 1",
        "scan [ok] where ok\naggregate count(*) = count() by \nlimit 1\neval c = count(*)\nproject c"
      ),
      ("row a = [1, 2] | mv_expand a | limit 1", "rows\neval a = [1, 2]\nexpand a\nlimit 1\nproject a"),
    ])
  func plans(query: String, expected: String) async throws {
    #expect(try await plan(query).plan.printed == expected)
  }

  @Test("warns of a missing limit, and only then")
  func defaultLimit() async throws {
    #expect(try await plan("row a = 1").warnings == ["No limit defined, adding default limit of [1000]"])
    #expect(try await plan("row a = 1 | limit 1 | eval b = 2").warnings == [])
  }

  @Test(
    "reports every problem, where it is",
    arguments: [
      ("from nowhere", "Found 1 problem\nline 1:1: Unknown index [nowhere]"),
      ("from no*,-logs-a", "Found 1 problem\nline 1:1: Unknown index [no*,-logs-a]"),
      ("from logs-*,-logs*", "Found 1 problem\nline 1:1: Unknown index [logs-*,-logs*]"),
      (
        "from logs-a | where statuz == 1\n| eval x = nothing + 1 | keep x, y*",
        "Found 2 problems\nline 1:21: Unknown column [statuz], did you mean [status]?\nline 2:12: Unknown column [nothing]"
      ),
      ("from logs-a | keep zz*", "Found 1 problem\nline 1:20: No matches found for pattern [zz*]"),
      ("row a = 1 | where a + 1", "Found 1 problem\nline 1:19: Condition expression needs to be boolean, found [INTEGER]"),
      ("row a = 1 | eval b = max(a)", "Found 1 problem\nline 1:22: aggregate function [max(a)] not allowed outside STATS command"),
      ("row a = 1 | stats max(min(a))", "Found 1 problem\nline 1:23: nested aggregations [min(a)] not allowed inside other aggregations"),
      (
        "row a = 1, b = 2 | stats a + max(b)",
        "Found 1 problem\nline 1:26: column [a] must appear in the STATS BY clause or be used in an aggregate function"
      ),
      ("row a = 1 | stats x = 1", "Found 1 problem\nline 1:23: expected an aggregate function but found [1]"),
      ("row a = 1 | eval b = zzyzx(a)", "Found 1 problem\nline 1:22: Unknown function [zzyzx]"),
      ("row a = 1::nonsense", "Found 1 problem\nline 1:12: Unknown data type named [nonsense]"),
      ("from logs-a | eval x = blob", "Found 1 problem\nline 1:24: Cannot use field [blob] with unsupported type [binary]"),
      (
        "from logs-* | where mixed is null",
        "Found 1 problem\nline 1:21: Cannot use field [mixed] due to ambiguities being mapped as [2] incompatible types: "
          + "[keyword] in [logs-a], [long] in [logs-b]"
      ),
      (
        "row a = 1, b = 2 | rename a as c, a as d",
        "Found 1 problem\nline 1:35: Column [a] renamed to [c] and is no longer available [a AS d]"
      ),
    ])
  func problems(query: String, expected: String) async {
    let error = await #expect(throws: APIError.self) { try await plan(query) }
    #expect(error?.type == "verification_exception")
    #expect(error?.reason == expected)
  }

  @Test("takes unmapped fields as null where it is told to")
  func unmapped() async throws {
    let plan = try await plan("set unmapped_fields = \"nullify\"; row a = 1 | where b is null | limit 1").plan
    #expect(plan.output.map(\.name) == ["a"])
  }
}
