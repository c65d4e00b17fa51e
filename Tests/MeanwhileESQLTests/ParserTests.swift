import Meanwhile
import Testing

@testable import MeanwhileESQL

@Suite("Parser")
struct ParserTests {
  @Test(
    "reads every command into one normal spelling",
    arguments: [
      ("from logs", "FROM logs"),
      ("FROM logs-*, -logs-old,\"my index\" METADATA _id , _index", "FROM logs-*, -logs-old, my index METADATA _id, _index"),
      ("from remote:logs,other::failures", "FROM remote:logs, other::failures"),
      ("from a/b // comment\n| limit 1", "FROM a/b | LIMIT 1"),
      ("ROW a = 1, 2, b=\"x\"", "ROW a = 1, 2, b = \"x\""),
      ("show info", "SHOW INFO"),
      ("from a /* one /* two */ */ | where x", "FROM a | WHERE x"),
      ("from a | eval x = 1, y = x + 2, length(z)", "FROM a | EVAL x = 1, y = (x + 2), length(z)"),
      ("from a | keep b*, `c*`, d.e, *", "FROM a | KEEP b*, c*, d.e, *"),
      ("from a | keep first, in, `a``b`x*", "FROM a | KEEP first, in, a`bx*"),
      ("from a | drop b*c, *d", "FROM a | DROP b*c, *d"),
      ("from a | rename a as b, c = d.e", "FROM a | RENAME a AS b, d.e AS c"),
      ("row @a = 1 | rename @a as @b", "ROW @a = 1 | RENAME @a AS @b"),
      (
        "from a | sort b, c desc, d nulls first, e desc nulls last",
        "FROM a | SORT b ASC NULLS LAST, c DESC NULLS FIRST, d ASC NULLS FIRST, e DESC NULLS LAST"
      ),
      ("from a | limit 10 by b, c * 2", "FROM a | LIMIT 10 BY b, (c * 2)"),
      ("from a | mv_expand b.c", "FROM a | MV_EXPAND b.c"),
      (
        "from a | stats count(*), m = max(b) where c > 1 by d, e = f % 2",
        "FROM a | STATS count(*), m = max(b) WHERE (c > 1) BY d, e = (f % 2)"
      ),
      ("from a | stats by b", "FROM a | STATS BY b"),
      ("SET time_zone = \"UTC\"; row a = 1", "SET time_zone = \"UTC\"; ROW a = 1"),
    ])
  func commands(query: String, expected: String) throws {
    #expect(try Parser.parse(query).description == expected)
  }

  @Test(
    "binds operators as the language does",
    arguments: [
      ("a or b and not c", "(a OR (b AND (NOT c)))"),
      ("not a == b and c", "((NOT (a == b)) AND c)"),
      ("a + b * c - d / e % f", "((a + (b * c)) - ((d / e) % f))"),
      ("-a * b", "((- a) * b)"),
      ("-5::long", "(-5::long)"),
      ("a - 1", "(a - 1)"),
      ("a -1", "(a - 1)"),
      ("a - -1", "(a - -1)"),
      ("(a or b) and c", "((a OR b) AND c)"),
      ("a::integer::string == \"1\"", "(((a::integer)::string) == \"1\")"),
      ("a in (1, b, \"c\")", "(a IN (1, b, \"c\"))"),
      ("a not in (1)", "(a NOT IN (1))"),
      ("a like \"x*\" or a rlike \"x.*\"", "((a LIKE \"x*\") OR (a RLIKE \"x.*\"))"),
      ("a not like (\"x*\", \"y\")", "(a NOT LIKE (\"x*\", \"y\"))"),
      ("a is null and b is not null", "((a IS NULL) AND (b IS NOT NULL))"),
      ("title : \"x\" and b::text: \"y\"", "((title : \"x\") AND (b::text : \"y\"))"),
      ("now() - 1 day > d", "((now() - 1 day) > d)"),
      ("case(a, 1, b < 2, 3)", "case(a, 1, (b < 2), 3)"),
      ("first(a, b)", "first(a, b)"),
      ("match(t, \"x\", {\"operator\": \"AND\", \"boost\": 2.0})", "match(t, \"x\", {\"operator\": \"AND\", \"boost\": 2.0})"),
      ("`a b`.c == 1", "(a b.c == 1)"),
    ])
  func expressions(text: String, expected: String) throws {
    #expect(try Parser.parse("from x | where \(text)").description == "FROM x | WHERE \(expected)")
  }

  @Test(
    "types literals by their spelling",
    arguments: [
      ("1", LiteralSyntax.integer(1)), ("-2147483648", .integer(.min)), ("2147483648", .long(2_147_483_648)),
      ("-9223372036854775808", .long(.min)), ("9223372036854775808", .unsignedLong(9_223_372_036_854_775_808)),
      ("18446744073709551616", .double(18_446_744_073_709_551_616)), ("1.", .double(1)), (".5", .double(0.5)), ("1e3", .double(1000)),
      ("2.5E-1", .double(0.25)), ("true", .boolean(true)), ("null", .null), (#""a\"\\\n\tb""#, .string("a\"\\\n\tb")),
      (#""""a"b\n""""#, .string(#"a"b\n"#)), (#""""say "hi"""""#, .string("say \"hi\"")), ("\"é漢\"", .string("é漢")),
      ("[1, 2]", .list([.integer(1), .integer(2)])), ("[1, 2.5]", .list([.double(1), .double(2.5)])),
      ("[\"a\"]", .list([.string("a")])), ("[-1, 5000000000]", .list([.long(-1), .long(5_000_000_000)])),
    ])
  func literals(text: String, expected: LiteralSyntax) throws {
    let row = try #require(try Parser.parse("row x = \(text)").commands.first as? RowCommand)
    #expect(row.fields.first?.expression.kind == .literal(expected))
  }

  @Test("names an unnamed field by its text")
  func implicitNames() throws {
    let query = try Parser.parse("row a = 1 | eval  ( a+1 ) ,`b c`, x . y | stats max( a ) where a > 1 by a+1")
    let eval = try #require(query.commands[1] as? EvalCommand)
    #expect(eval.fields.map(\.name) == ["( a+1 )", "b c", "x.y"])
    let stats = try #require(query.commands[2] as? StatsCommand)
    #expect(stats.aggregates.map(\.field.name) == ["max( a ) where a > 1"])
    #expect(stats.groups.map(\.name) == ["a+1"])
  }

  @Test("gives every node its line, column and text")
  func ranges() throws {
    let query = try Parser.parse("row `é` = 1, b = 2\n| eval y = (1 + x)\n  * length(z)")
    let eval = try #require(query.commands[1] as? EvalCommand)
    guard case .arithmetic(_, let left, let right) = eval.fields[0].expression.kind else {
      Issue.record("not a product")
      return
    }
    #expect((left.range.line, left.range.column) == (2, 13))
    #expect(query.source.text(of: left.range) == "1 + x")
    #expect((right.range.line, right.range.column) == (3, 5))
    #expect(query.source.text(of: eval.fields[0].expression.range) == "(1 + x)\n  * length(z)")
  }

  @Test(
    "puts an error at its place",
    arguments: [
      ("", "line 1:1: mismatched input '<EOF>' expecting {'from', 'row', 'show'}"),
      ("foo", "line 1:1: mismatched input 'foo' expecting {'from', 'row', 'show'}"),
      ("from", "line 1:5: mismatched input '<EOF>' expecting {QUOTED_STRING, UNQUOTED_SOURCE}"),
      ("from a |", "line 1:9: mismatched input '<EOF>' expecting {'change_point', 'dedup', 'dissect'"),
      ("from a\n| where x = 1", "line 2:11: mismatched input '=' expecting {<EOF>, '|'}"),
      ("from a | where x == 1 == 2", "line 1:23: mismatched input '==' expecting {<EOF>, '|'}"),
      ("from a | where x ==", "line 1:20: mismatched input '<EOF>' expecting {QUOTED_STRING, INTEGER_LITERAL"),
      ("from a | where (x", "line 1:18: mismatched input '<EOF>' expecting {')'"),
      ("from a | eval x = \"abc", "line 1:19: token recognition error at: '\"abc'"),
      ("from a | eval x = 1 # 2", "line 1:21: token recognition error at: '#'"),
      ("from a | where é = 1", "line 1:16: token recognition error at: 'é'"),
      ("from a | rerank x", "line 1:10: command [RERANK] is not supported yet"),
      ("from a | completion x", "line 1:10: command [COMPLETION] is not supported yet"),
      ("from a | limit -1", "line 1:10: value of [limit -1] must be a non negative integer, found value [-1] type [integer]"),
      ("from a | limit x", "line 1:16: mismatched input 'x' expecting {QUOTED_STRING"),
      ("from a | drop *", "line 1:15: Removing all fields is not allowed [*]"),
      ("from a | rename a* as b", "line 1:17: Using wildcards [*] in RENAME is not allowed [a*]"),
      ("row x = 1 parsec", "line 1:11: Unexpected temporal unit: 'parsec'"),
      ("from a | where x in 1", "line 1:21: mismatched input '1' expecting '('"),
      ("row x = [1, \"a\"]", "line 1:13: mismatched input '\"a\"' expecting a numeric constant"),
      ("from a /* never ends", "line 1:8: token recognition error at: '/* never ends'"),
    ])
  func errors(query: String, expected: String) {
    let error = #expect(throws: APIError.self) { try Parser.parse(query) }
    #expect(error?.type == "parsing_exception")
    #expect(error?.status == 400)
    #expect(error?.reason.hasPrefix(expected) == true, "\(error?.reason ?? "")")
  }

  @Test("refuses what is nested too deep, and survives it", arguments: ["(", "not ", "- ", "abs("])
  func depth(opening: String) {
    let deep = String(repeating: opening, count: 100_000)
    let error = #expect(throws: APIError.self) { try Parser.parse("row x = \(deep)1") }
    #expect(error?.reason.contains("exceeded the maximum expression depth allowed (400)") == true)
  }

  @Test("refuses a chain of operators that is too long")
  func chain() throws {
    #expect(throws: Never.self) { try Parser.parse("row x = 1" + String(repeating: " + 1", count: 390)) }
    #expect(throws: APIError.self) { try Parser.parse("row x = 1" + String(repeating: " + 1", count: 5_000)) }
  }

  @Test("refuses a query that is too long, or has too many commands")
  func length() {
    let long = #expect(throws: APIError.self) { try Parser.parse("row x = 1 //" + String(repeating: "a", count: 1_000_000)) }
    #expect(long?.reason == "ESQL statement is too large [1000012 characters > 1000000]")
    #expect(throws: APIError.self) { try Parser.parse("row x = 1" + String(repeating: " | limit 1", count: 501)) }
  }
}
